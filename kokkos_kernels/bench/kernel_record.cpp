#include "kokkos_kernels/bench/kernel_record.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "bench/stopping_rule.hpp"
#include "probe/build_info.hpp"
#include "probe/host_facts.hpp"

namespace lauebench::kernel_bench {
namespace {

constexpr std::array<std::string_view, 11> figure_names{
    "p50_s",       "p90_s",      "p95_s",          "p99_s",       "mean_s", "stddev_s", "pixel_steps_per_s",
    "bytes_per_s", "flop_per_s", "triad_fraction", "fma_fraction"};

template <class Value>
void put(Json& json, char const* name, Reading<Value> const& reading) {
  if (auto const* const value = std::get_if<Value>(&reading)) {
    json[name] = *value;
  } else {
    json[name] = nullptr;
    json["unavailable"][name] = std::get<Unknown>(reading).reason;
  }
}

Json memory_json(MemoryFigures const& memory) {
  Json json = Json::object();
  put(json, "host_peak_bytes", memory.host_peak);
  put(json, "host_allocated_bytes", memory.host_allocated);
  put(json, "device_peak_bytes", memory.device_peak);
  put(json, "device_allocated_bytes", memory.device_allocated);
  return json;
}

Json size_json(ProblemSize const& size) {
  return {{"rows", size.rows}, {"columns", size.columns}, {"images", size.images}, {"depths", size.depths}};
}

void put_accuracy(Json& record, Reading<Accuracy> const& reading) {
  if (auto const* const accuracy = std::get_if<Accuracy>(&reading)) {
    record["accuracy"] = {
        {"rmse", accuracy->rmse}, {"max_error", accuracy->max_error}, {"relative", accuracy->relative}};
    return;
  }
  record["accuracy"] = nullptr;
  record["unavailable"]["accuracy"] = std::get<Unknown>(reading).reason;
}

void put_ceilings(Json& record, Reading<Ceilings> const& reading) {
  if (auto const* const ceilings = std::get_if<Ceilings>(&reading)) {
    record["ceilings"] = {{"triad_bytes_per_s", ceilings->triad_bytes_per_s},
                          {"fma_flop_per_s", ceilings->fma_flop_per_s}};
    return;
  }
  record["ceilings"] = nullptr;
  record["unavailable"]["ceilings"] = std::get<Unknown>(reading).reason;
}

/// Why a figure is missing from a result.
std::string missing_reason(Result const& result, std::string_view figure) {
  if (result.verdict == Verdict::skipped || result.seconds.empty()) {
    return "the variant did not run";
  }
  if (figure == "stddev_s") {
    return "one execution has no deviation";
  }
  if (figure.ends_with("_fraction") && std::holds_alternative<Unknown>(result.ceilings)) {
    return std::get<Unknown>(result.ceilings).reason;
  }
  return "this benchmark does not count it";
}

void put_figures(Json& record, Result const& result) {
  auto const figures = figures_of(result);
  for (std::string_view const name : figure_names) {
    auto const found = std::ranges::find(figures, name, [](auto const& figure) { return figure.first; });
    std::string const key(name);
    record[key] = found != figures.end() ? Json(found->second) : Json(nullptr);
    if (found == figures.end()) {
      record["unavailable"][key] = missing_reason(result, name);
    }
  }
}

void put_verdict(Json& record, Result const& result) {
  bool const ran = result.verdict != Verdict::skipped;
  record["success"] = ran ? Json(result.verdict == Verdict::success) : Json(nullptr);
  record["error"] = result.verdict == Verdict::failure ? Json(result.reason) : Json(nullptr);
  record["skip_reason"] = ran ? Json(nullptr) : Json(result.reason);
}

}  // namespace

std::vector<std::pair<std::string, double>> figures_of(Result const& result) {
  std::vector<std::pair<std::string, double>> figures;
  auto const statistics = describe(result.seconds);
  if (!statistics) {
    return figures;
  }
  figures = {{"p50_s", statistics->p50},
             {"p90_s", statistics->p90},
             {"p95_s", statistics->p95},
             {"p99_s", statistics->p99},
             {"mean_s", statistics->mean}};
  auto const add = [&figures](char const* name, std::optional<double> const& value, double per) {
    if (value && per > 0.0) {
      figures.emplace_back(name, *value / per);
    }
  };
  add("stddev_s", statistics->stddev, 1.0);
  add("pixel_steps_per_s", result.work.pixel_steps, statistics->p50);
  add("bytes_per_s", result.work.bytes, statistics->p50);
  add("flop_per_s", result.work.flops, statistics->p50);
  if (auto const* const ceilings = std::get_if<Ceilings>(&result.ceilings)) {
    add("triad_fraction", result.work.bytes, statistics->p50 * ceilings->triad_bytes_per_s);
    add("fma_fraction", result.work.flops, statistics->p50 * ceilings->fma_flop_per_s);
  }
  return figures;
}

Json kernel_record(RecordStamp const& stamp, Benchmark const& benchmark, Variant const& variant, std::uint64_t seed,
                   Result const& result) {
  static HostFacts const host = read_host_facts();
  std::string const& revision = build_info().git_sha;
  Json record = record_head("kernel", stamp);
  record["schema_version"] = build_info().results_schema_version;
  record["host"] = {{"hostname", host.hostname}, {"platform", host.platform}};
  record["git"] = {{"sha", revision.empty() ? Json(nullptr) : Json(revision)}};
  record["benchmark_id"] = benchmark.id;
  record["category"] = to_word(benchmark.category);
  record["task"] = benchmark.task;
  record["source"] = benchmark.source;
  record["backend"] = to_word(variant.runner->place);
  record["architecture"] = variant.runner->architecture.empty() ? Json(nullptr) : Json(variant.runner->architecture);
  record["precision"] = to_word(variant.precision);
  record["size"] = size_json(variant.size);
  record["threads"] = variant.threads;
  record["iterations"] = benchmark.settings.iterations;
  record["warmup"] = benchmark.settings.warmup;
  record["seed"] = seed;
  put_verdict(record, result);
  record["seconds"] = result.seconds;
  put_figures(record, result);
  put_ceilings(record, result.ceilings);
  record["memory"] = memory_json(result.memory);
  put_accuracy(record, result.accuracy);
  record["tolerance"] = to_json(benchmark.settings.tolerances.of(variant.precision));
  return record;
}

}  // namespace lauebench::kernel_bench
