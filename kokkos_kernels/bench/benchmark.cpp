#include "kokkos_kernels/bench/benchmark.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "cluster/monotonic_clock.hpp"
#include "kokkos_kernels/backend_loader.hpp"

namespace lauebench::kernel_bench {
namespace {

/// A function's own, as registrations of other files may come first.
std::vector<Benchmark>& registry() {
  static std::vector<Benchmark> benchmarks;
  return benchmarks;
}

Runner module_runner(Place place, std::string name, kernels::BackendResult const& result) {
  if (auto const* const missing = std::get_if<kernels::BackendUnavailable>(&result)) {
    return {place, std::move(name), {}, nullptr, missing->reason};
  }
  kernels::Backend* const backend = std::get<kernels::LoadedBackend>(result).backend;
  return {place, std::move(name), backend->info().architecture, backend, {}};
}

std::vector<Runner> find_runners() {
  std::vector<Runner> runners{{Place::host, "host", {}, nullptr, {}}};
  for (std::string_view const level : kernels::runnable_cpu_levels()) {
    runners.push_back(module_runner(Place::openmp, fmt::format("openmp-{}", level), kernels::load_cpu_backend(level)));
  }
  runners.push_back(module_runner(Place::cuda, "cuda", kernels::load_backend(kernels::BackendKind::cuda)));
  return runners;
}

}  // namespace

Registration::Registration(Benchmark benchmark, std::source_location where) {
  benchmark.source = where.file_name();
  registry().push_back(std::move(benchmark));
}

std::vector<Benchmark> registered_benchmarks() {
  std::vector<Benchmark> benchmarks = registry();
  std::ranges::sort(benchmarks, {}, &Benchmark::id);
  auto const twin = std::ranges::adjacent_find(benchmarks, {}, &Benchmark::id);
  if (twin != benchmarks.end()) {
    throw std::logic_error(
        fmt::format("benchmark {} stands in {} and in {}", twin->id, twin->source, std::next(twin)->source));
  }
  return benchmarks;
}

std::span<Runner const> all_runners() {
  static std::vector<Runner> const runners = find_runners();
  return runners;
}

std::vector<Runner const*> runners_of(Settings const& settings) {
  std::vector<Runner const*> runners;
  for (Runner const& runner : all_runners()) {
    if (std::ranges::find(settings.backends, runner.place) != settings.backends.end()) {
      runners.push_back(&runner);
    }
  }
  return runners;
}

std::string skip_reason(Benchmark const& benchmark, Variant const& variant) {
  if (!variant.runner->problem.empty()) {
    return variant.runner->problem;
  }
  return benchmark.skip_reason ? benchmark.skip_reason(variant) : std::string{};
}

std::vector<Variant> variants_of(Settings const& settings) {
  std::vector<Variant> variants;
  for (Runner const* const runner : runners_of(settings)) {
    for (Precision const precision : settings.precisions) {
      for (ProblemSize const& size : settings.sizes) {
        variants.push_back({runner, precision, size, settings.threads});
      }
    }
  }
  return variants;
}

std::string variant_name(Benchmark const& benchmark, Variant const& variant) {
  return fmt::format("{}/{}/{}/{}", benchmark.id, variant.runner->name, to_word(variant.precision),
                     to_text(variant.size));
}

double seconds_of(std::function<void()> const& action) {
  double const start_s = monotonic_s();
  action();
  return monotonic_s() - start_s;
}

}  // namespace lauebench::kernel_bench
