#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "kokkos_kernels/element_access.hpp"

namespace lauebench::kernels {

/// Intensity below which pixels are left out so that about `percent_brightest` of them stay:
/// max(1, trunc(sorted(I_0)[floor(npix * min(1, (100 - percent) / 100))])), the index held to the last element.
/// `first_image` holds I_0 in elements of `type`; values that are not numbers count as the smallest. Never infinite, as
/// a record has no number for that: the largest number then, which the same pixels reach. Selects the one value instead
/// of sorting all.
inline double brightness_cutoff(void const* first_image, ElementType type, std::size_t pixels,
                                double percent_brightest) {
  double const share = std::min(1.0, (100.0 - percent_brightest) / 100.0);
  auto const rank = std::min(static_cast<std::size_t>(std::floor(static_cast<double>(pixels) * share)), pixels - 1);
  double const selected = with_element(type, [&](auto zero) {
    using In = decltype(zero);
    std::span const values(static_cast<In const*>(first_image), pixels);
    std::vector<In> candidates(values.begin(), values.end());
    if constexpr (std::numeric_limits<In>::has_quiet_NaN) {
      std::ranges::replace_if(
          candidates, [](In value) { return std::isnan(value); }, -std::numeric_limits<In>::infinity());
    }
    auto const place = candidates.begin() + static_cast<std::ptrdiff_t>(rank);
    std::ranges::nth_element(candidates, place);
    return static_cast<double>(*place);
  });
  return std::clamp(std::trunc(selected), 1.0, std::numeric_limits<double>::max());
}

}  // namespace lauebench::kernels
