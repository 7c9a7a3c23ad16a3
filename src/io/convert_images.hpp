#pragma once

#include <cstdint>
#include <string>

#include "config/config.hpp"
#include "io/depth_image.hpp"

namespace lauebench {

/// What was stored once more.
struct ConvertedImages {
  DepthImageShape shape;
  OutputLayout input_layout = OutputLayout::per_depth;
  std::uint64_t bytes_written = 0;
  std::string digest;  ///< of either
};

/// Stores a reconstruction's depth images, with what their files hold beside them and their summary, in another layout.
/// Both are read once more and compared when all is on disk. Holds some hundred MiB of images at a time. Throws Error:
/// bad_input when there are no whole images, when it is not clear which are meant, and as writers do; io_error, also
/// when what was written is not what was read.
[[nodiscard]] ConvertedImages convert_images(ConvertConfig const& config, int threads);

}  // namespace lauebench
