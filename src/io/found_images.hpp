#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "io/depth_image.hpp"
#include "kokkos_kernels/types.hpp"

namespace lauebench {

/// Depth images of a reconstruction of which only the base is known.
struct FoundImages {
  StoredDepthImages images;
  DepthGrid depths;
  ElementType element_type = ElementType::uint16;
};

/// Looks at the files of `base`, in `layout` or in that which they have; `rank` says whose images of a shared file are
/// meant, the first one's without it. Throws Error (bad_input) when there are none, of several layouts, or not all of
/// them, as long as a reconstruction writes them or after one that was killed at it, when their depths are not evenly
/// spaced, and when the files do not tell ranks apart and one is asked for.
[[nodiscard]] FoundImages find_images(std::filesystem::path const& base, std::optional<OutputLayout> layout,
                                      std::optional<int> rank = std::nullopt);

/// The grid that has these depths, um, at least one, to a millionth of their distance. Throws Error (bad_input),
/// beginning with `problem`.
[[nodiscard]] DepthGrid grid_of(std::vector<double> const& depths_um, std::string_view problem);

}  // namespace lauebench
