#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

/// Poisson-distributed counts. All samplers are exact up to the rounding of double precision.
namespace lauebench {

/// log(k!) for k >= 0.
[[nodiscard]] double log_factorial(double k);

/// From here on PTRS is used; its constants are valid from a mean of 10 on.
inline constexpr double poisson_ptrs_from_mean = 10.0;

/// Transformed rejection with squeeze, PTRS: W. Hoermann, "The transformed rejection method for generating Poisson
/// random variables", Insurance: Mathematics and Economics 12 (1993) 39. `mean` >= 10; `uniform()` gives numbers in (0,
/// 1).
template <class Uniform>
[[nodiscard]] std::int64_t draw_poisson_ptrs(double mean, Uniform& uniform) {
  double const b = 0.931 + 2.53 * std::sqrt(mean);
  double const a = -0.059 + 0.02483 * b;
  double const squeeze = 0.9277 - 3.6224 / (b - 2.0);
  double const inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  double const log_mean = std::log(mean);
  while (true) {
    double const u = uniform() - 0.5;
    double const v = uniform();
    double const us = 0.5 - std::abs(u);
    double const k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) {
      return static_cast<std::int64_t>(k);
    }
    if (k < 0.0 || (us < 0.013 && v > us)) {
      continue;
    }
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - log_factorial(k)) {
      return static_cast<std::int64_t>(k);
    }
  }
}

/// One count of any mean >= 0. Small means: the number of uniform factors that keep their product above exp(-mean).
template <class Uniform>
[[nodiscard]] std::int64_t draw_poisson(double mean, Uniform& uniform) {
  if (mean >= poisson_ptrs_from_mean) {
    return draw_poisson_ptrs(mean, uniform);
  }
  double const limit = std::exp(-mean);
  std::int64_t count = 0;
  for (double product = uniform(); product > limit; product *= uniform()) {
    ++count;
  }
  return count;
}

/// Probabilities of the counts first, first + 1, ... ; what is left out is below 1e-20.
struct PoissonProbabilities {
  std::int64_t first = 0;
  std::vector<double> probability;
};

[[nodiscard]] PoissonProbabilities poisson_probabilities(double mean);

/// Walker's alias method: column `index` of the table keeps its own outcome when the rest of the random word is below
/// `threshold`, else it gives `other`. Outcomes are numbered as in the probabilities.
struct AliasColumn {
  std::uint64_t threshold = 0;
  std::uint32_t own = 0;
  std::uint32_t other = 0;
};

struct AliasTable {
  unsigned index_bits = 1;  ///< the table has 2^index_bits columns
  std::vector<AliasColumn> columns;

  [[nodiscard]] std::uint32_t operator()(std::uint64_t random_word) const {
    AliasColumn const& column = columns[random_word >> (64U - index_bits)];
    return (random_word << index_bits) < column.threshold ? column.own : column.other;
  }
};

/// `probability` adds up to 1 and is not empty.
[[nodiscard]] AliasTable make_alias_table(std::vector<double> const& probability);

}  // namespace lauebench
