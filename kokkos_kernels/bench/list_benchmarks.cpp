#include "kokkos_kernels/bench/list_benchmarks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace lauebench::kernel_bench {
namespace {

bool is_listed(Benchmark const& benchmark, std::regex const& filter) {
  return std::ranges::any_of(variants_of(benchmark.settings), [&](Variant const& variant) {
    return std::regex_search(variant_name(benchmark, variant), filter);
  });
}

/// Of a runner, by its first variant.
std::string skip_reason_on(Benchmark const& benchmark, Runner const& runner) {
  Settings const& settings = benchmark.settings;
  return skip_reason(benchmark, {&runner, settings.precisions.front(), settings.sizes.front(), settings.threads});
}

}  // namespace

Json list_to_json(std::span<Benchmark const> benchmarks, std::regex const& filter) {
  Json list = Json::array();
  for (Benchmark const& benchmark : benchmarks) {
    if (!is_listed(benchmark, filter)) {
      continue;
    }
    Json entry = {{"benchmark_id", benchmark.id},
                  {"category", to_word(benchmark.category)},
                  {"task", benchmark.task},
                  {"source", benchmark.source}};
    entry.update(to_json(benchmark.settings));
    entry["runners"] = Json::array();
    for (Runner const* const runner : runners_of(benchmark.settings)) {
      std::string const reason = skip_reason_on(benchmark, *runner);
      entry["runners"].push_back(
          {{"name", runner->name}, {"skip_reason", reason.empty() ? Json(nullptr) : Json(reason)}});
    }
    list.push_back(std::move(entry));
  }
  return list;
}

std::string list_to_text(std::span<Benchmark const> benchmarks, std::regex const& filter) {
  std::string text;
  for (Benchmark const& benchmark : benchmarks) {
    if (!is_listed(benchmark, filter)) {
      continue;
    }
    text +=
        fmt::format("{}: {}\n  {}, {}\n", benchmark.id, benchmark.task, to_word(benchmark.category), benchmark.source);
    for (Runner const* const runner : runners_of(benchmark.settings)) {
      std::string const reason = skip_reason_on(benchmark, *runner);
      text += fmt::format("  {}{}\n", runner->name, reason.empty() ? "" : fmt::format(": skipped, {}", reason));
    }
  }
  return text;
}

}  // namespace lauebench::kernel_bench
