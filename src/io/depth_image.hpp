#pragma once

#include <filesystem>

namespace lauebench {

/// Whether a file is a depth image, of this program or of the established one: it has one depth and an image of two
/// dimensions. False when it cannot be read.
[[nodiscard]] bool is_depth_image(std::filesystem::path const& file);

}  // namespace lauebench
