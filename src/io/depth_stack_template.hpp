#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "io/depth_stack.hpp"
#include "io/hdf5_handle.hpp"

/// What files of one reconstruction's images and of several ones' have in common. For this room only.
namespace lauebench {

/// How images lie in a file beside their shape.
struct StackFile {
  DepthGrid depths;
  std::optional<int> ranks;  ///< [ranks][depths][rows][columns]; empty: no such dimension
  std::int64_t alignment_bytes = 1;
};

/// Dimensions of a dataset of images of `ranks` reconstructions; empty: of one, without that dimension.
[[nodiscard]] std::vector<hsize_t> stack_sizes(DepthImageShape const& shape, std::optional<int> ranks);

/// As make_depth_stack_template; `shape` is that of one reconstruction's images.
[[nodiscard]] DepthStackTemplate make_stack_template(std::filesystem::path const& scan, DepthImageShape const& shape,
                                                     StackFile const& form);

}  // namespace lauebench
