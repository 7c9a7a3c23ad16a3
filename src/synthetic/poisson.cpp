#include "synthetic/poisson.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <numeric>

namespace lauebench {

namespace {

/// 2^64 times a probability, cut off at the largest 64-bit number.
std::uint64_t to_threshold(double probability) {
  constexpr double whole = 18446744073709551616.0;
  double const scaled = probability * whole;
  return scaled >= whole ? ~std::uint64_t{0} : static_cast<std::uint64_t>(std::max(scaled, 0.0));
}

}  // namespace

double log_factorial(double k) {
  double shift = 0.0;
  double argument = k + 1.0;
  double factor = 1.0;
  while (argument < 10.0) {
    factor *= argument;
    argument += 1.0;
  }
  shift = std::log(factor);
  // Stirling's series for log Gamma(x); from x = 10 on its next term is below 1e-13.
  constexpr double half_log_two_pi = 0.91893853320467274178;
  double const inverse = 1.0 / argument;
  double const square = inverse * inverse;
  double const series =
      inverse *
      (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0))));
  return (argument - 0.5) * std::log(argument) - argument + half_log_two_pi + series - shift;
}

PoissonProbabilities poisson_probabilities(double mean) {
  // Twelve standard deviations and 40 counts on each side hold all but less than 1e-20.
  double const reach = 12.0 * std::sqrt(mean) + 40.0;
  auto const first = static_cast<std::int64_t>(std::max(0.0, std::floor(mean - reach)));
  auto const last = static_cast<std::int64_t>(std::ceil(mean + reach));
  auto const mode = static_cast<std::int64_t>(std::floor(mean));
  PoissonProbabilities result{first, std::vector<double>(static_cast<std::size_t>(last - first + 1))};
  auto const at = [&result](std::int64_t count) -> double& {
    return result.probability[static_cast<std::size_t>(count - result.first)];
  };
  // Outwards from the mode: p(k+1) = p(k) mean / (k+1). The scale comes from the sum.
  at(mode) = 1.0;
  for (std::int64_t count = mode; count < last; ++count) {
    at(count + 1) = at(count) * mean / static_cast<double>(count + 1);
  }
  for (std::int64_t count = mode; count > first; --count) {
    at(count - 1) = at(count) * static_cast<double>(count) / mean;
  }
  double const sum = std::accumulate(result.probability.begin(), result.probability.end(), 0.0);
  std::ranges::transform(result.probability, result.probability.begin(), [sum](double p) { return p / sum; });
  return result;
}

AliasTable make_alias_table(std::vector<double> const& probability) {
  AliasTable table;
  std::size_t const size = std::bit_ceil(std::max<std::size_t>(probability.size(), 2));
  table.index_bits = static_cast<unsigned>(std::countr_zero(size));
  table.columns.resize(size);
  std::vector<double> share(size, 0.0);  // of a column, 1 being a full one
  std::ranges::transform(probability, share.begin(), [size](double p) { return p * static_cast<double>(size); });
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t outcome = 0; outcome < size; ++outcome) {
    (share[outcome] < 1.0 ? small : large).push_back(outcome);
  }
  while (!small.empty() && !large.empty()) {
    std::uint32_t const poor = small.back();
    std::uint32_t const rich = large.back();
    small.pop_back();
    table.columns[poor] = {to_threshold(share[poor]), poor, rich};
    share[rich] -= 1.0 - share[poor];
    if (share[rich] < 1.0) {
      large.pop_back();
      small.push_back(rich);
    }
  }
  // What rounding left over keeps its own outcome, except outcomes that cannot occur.
  auto const likeliest = static_cast<std::uint32_t>(std::ranges::max_element(probability) - probability.begin());
  for (auto const* rest : {&small, &large}) {
    for (std::uint32_t const outcome : *rest) {
      bool const can_occur = outcome < probability.size() && probability[outcome] > 0.0;
      std::uint32_t const value = can_occur ? outcome : likeliest;
      table.columns[outcome] = {~std::uint64_t{0}, value, value};
    }
  }
  return table;
}

}  // namespace lauebench
