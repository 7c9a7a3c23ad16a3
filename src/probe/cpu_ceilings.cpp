#include "probe/cpu_ceilings.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "cluster/monotonic_clock.hpp"

namespace lauebench {
namespace {

constexpr int passes = 7;
constexpr int fma_chains = 12;  // two units times a latency of 4, some to spare; sixteen registers hold them
constexpr int fma_rounds = 2'000'000;

/// Seconds in which each thread calls `work(thread)` once. They include the start of the threads: microseconds beside
/// the milliseconds of the work.
double seconds_of(int threads, std::function<void(int)> const& work) {
  double const start_s = monotonic_s();
  {
    std::vector<std::jthread> helpers;
    for (int thread = 1; thread < threads; ++thread) {
      helpers.emplace_back([&work, thread] { work(thread); });
    }
    work(0);
  }
  return monotonic_s() - start_s;
}

/// The least that `pass` returns in several calls.
double best_seconds(std::function<double()> const& pass) {
  double best_s = pass();
  for (int more = 1; more < passes; ++more) {
    best_s = std::min(best_s, pass());
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

double measure_triad(int threads) {
  Triad triad_arrays(threads);
  return triad_arrays.bytes() / best_seconds([&triad_arrays] { return triad_arrays.pass(); });
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
  double const seconds = best_seconds([&] { return seconds_of(threads, [&loop](int) { loop.run(); }); });
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

Triad::Triad(int threads, std::size_t elements)
    : threads_(threads),
      elements_(elements),
      a_(std::make_unique_for_overwrite<double[]>(elements)),
      b_(std::make_unique_for_overwrite<double[]>(elements)),
      c_(std::make_unique_for_overwrite<double[]>(elements)) {
  static_cast<void>(seconds_of(threads_, [this](int thread) {
    for (std::size_t i = part_begin(thread); i < part_begin(thread + 1); ++i) {
      a_[i] = 0.0;
      b_[i] = 1.0;
      c_[i] = 2.0;
    }
  }));
}

double Triad::pass() {
  return seconds_of(threads_, [this](int thread) {
    triad(a_.get(), b_.get(), c_.get(), part_begin(thread), part_begin(thread + 1));
  });
}

std::size_t Triad::part_begin(int thread) const {
  return elements_ * static_cast<std::size_t>(thread) / static_cast<std::size_t>(threads_);
}

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

}  // namespace lauebench
