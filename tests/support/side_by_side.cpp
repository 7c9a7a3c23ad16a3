#include "support/side_by_side.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "cluster/monotonic_clock.hpp"

namespace lauebench::test {
namespace {

double seconds_of(std::function<void()> const& action, std::function<void()> const& before) {
  before();
  double const start = monotonic_s();
  action();
  return monotonic_s() - start;
}

}  // namespace

SideBySide measure_side_by_side(std::function<void()> const& reference, std::function<void()> const& ours,
                                std::function<void()> const& before_each) {
  constexpr std::size_t runs = 5;
  std::array<double, runs> reference_s{};
  std::array<double, runs> ours_s{};
  reference();
  ours();
  for (std::size_t i = 0; i < runs; ++i) {
    reference_s[i] = seconds_of(reference, before_each);
    ours_s[i] = seconds_of(ours, before_each);
  }
  std::ranges::sort(reference_s);
  std::ranges::sort(ours_s);
  return {reference_s[runs / 2], ours_s[runs / 2]};
}

double repeated_ratio(double enough, std::function<double()> const& measure) {
  constexpr std::size_t attempts = 6;
  double const first = measure();
  if (first >= enough) {
    return first;
  }
  std::vector<double> largest_first{first};
  while (largest_first.size() < 2 || (largest_first.size() < attempts && largest_first[1] < enough)) {
    largest_first.push_back(measure());
    std::ranges::sort(largest_first, std::greater());
  }
  return largest_first[1];
}

}  // namespace lauebench::test
