#include "kokkos_kernels/bench/ceilings.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "cluster/monotonic_clock.hpp"

namespace lauebench::kernel_bench {
namespace {

constexpr int passes = 7;
constexpr std::size_t triad_elements = std::size_t{16} << 20U;  // 128 MiB an array: above the caches of today's sockets
constexpr int fma_chains = 12;  // two units times a latency of 4, some to spare; sixteen registers hold them
constexpr int fma_rounds = 2'000'000;

/// Least seconds of several passes in which each thread calls `work(thread)`. Each pass includes the start of its
/// threads: microseconds beside the milliseconds of the work.
double best_seconds(int threads, std::function<void(int)> const& work) {
  double best_s = 0.0;
  for (int pass = 0; pass < passes; ++pass) {
    double const start_s = monotonic_s();
    {
      std::vector<std::jthread> helpers;
      for (int thread = 1; thread < threads; ++thread) {
        helpers.emplace_back([&work, thread] { work(thread); });
      }
      work(0);
    }
    double const seconds = monotonic_s() - start_s;
    best_s = pass == 0 ? seconds : std::min(best_s, seconds);
  }
  return best_s;
}

void triad(double* __restrict a, double const* __restrict b, double const* __restrict c, std::size_t begin,
           std::size_t end) {
  constexpr double scale = 3.0;
  for (std::size_t i = begin; i < end; ++i) {
    a[i] = b[i] + scale * c[i];
  }
}

/// One part per thread, the same in each pass: pages stay where they were touched first.
double measure_triad(int threads) {
  auto const uninitialised = [] { return std::make_unique_for_overwrite<double[]>(triad_elements); };
  auto const a = uninitialised();
  auto const b = uninitialised();
  auto const c = uninitialised();
  auto const part_begin = [threads](int thread) {
    return triad_elements * static_cast<std::size_t>(thread) / static_cast<std::size_t>(threads);
  };
  static_cast<void>(best_seconds(threads, [&](int thread) {
    for (std::size_t i = part_begin(thread); i < part_begin(thread + 1); ++i) {
      a[i] = 0.0;
      b[i] = 1.0;
      c[i] = 2.0;
    }
  }));
  double const seconds = best_seconds(
      threads, [&](int thread) { triad(a.get(), b.get(), c.get(), part_begin(thread), part_begin(thread + 1)); });
  return 3.0 * sizeof(double) * static_cast<double>(triad_elements) / seconds;
}

/// The chains stay in registers: their number is known and the loop over them is unrolled. The result keeps them from
/// being left out.
template <class Real, int Bytes>
[[gnu::always_inline]] inline Real chains_of_fma() {
  using Vector [[gnu::vector_size(Bytes)]] = Real;
  Vector chain[fma_chains];
#pragma GCC unroll 12
  for (int i = 0; i < fma_chains; ++i) {
    chain[i] = Vector{} + static_cast<Real>(i);
  }
  Vector const factor = Vector{} + Real(0.999);
  Vector const term = Vector{} + Real(0.001);
  for (int round = 0; round < fma_rounds; ++round) {
#pragma GCC unroll 12
    for (Vector& value : chain) {
      value = value * factor + term;
    }
  }
  Vector sum{};
#pragma GCC unroll 12
  for (Vector const& value : chain) {
    sum += value;
  }
  return sum[0];
}

struct FmaLoop {
  void (*run)();
  int lanes;
};

/// Keeps a result that nobody needs.
template <class Real>
void keep(Real value) {
  [[maybe_unused]] Real const volatile kept = value;
}

constexpr int baseline_bytes = 16;

template <class Real>
void baseline_fma() {
  keep(chains_of_fma<Real, baseline_bytes>());
}

#if defined(__x86_64__)

constexpr int avx2_bytes = 32;
constexpr int avx512_bytes = 64;

template <class Real>
[[gnu::target("avx2,fma")]] void avx2_fma() {
  keep(chains_of_fma<Real, avx2_bytes>());
}

template <class Real>
[[gnu::target("avx512f,fma")]] void avx512_fma() {
  keep(chains_of_fma<Real, avx512_bytes>());
}

template <class Real>
FmaLoop widest_fma() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) {
    return {avx512_fma<Real>, avx512_bytes / sizeof(Real)};
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return {avx2_fma<Real>, avx2_bytes / sizeof(Real)};
  }
  return {baseline_fma<Real>, baseline_bytes / sizeof(Real)};
}

#else

template <class Real>
FmaLoop widest_fma() {
  return {baseline_fma<Real>, baseline_bytes / sizeof(Real)};
}

#endif

template <class Real>
double measure_fma(int threads) {
  FmaLoop const loop = widest_fma<Real>();
  double const seconds = best_seconds(threads, [&loop](int) { loop.run(); });
  return 2.0 * loop.lanes * fma_chains * static_cast<double>(fma_rounds) * threads / seconds;
}

/// What `measure` returns for `key`, measured the first time.
template <class Map, class Measure>
double measured_once(Map& known, typename Map::key_type const& key, Measure const& measure) {
  auto found = known.find(key);
  if (found == known.end()) {
    found = known.emplace(key, measure()).first;
  }
  return found->second;
}

}  // namespace

double triad_bytes_per_s(int threads) {
  static std::map<int, double> known;
  return measured_once(known, threads, [threads] { return measure_triad(threads); });
}

double fma_flop_per_s(Precision precision, int threads) {
  static std::map<std::pair<Precision, int>, double> known;
  return measured_once(known, {precision, threads}, [precision, threads] {
    return precision == Precision::double_precision ? measure_fma<double>(threads) : measure_fma<float>(threads);
  });
}

}  // namespace lauebench::kernel_bench
