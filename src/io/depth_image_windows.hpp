#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "io/depth_image.hpp"

namespace lauebench {

/// Some rows and columns of an image, inside it.
struct PixelWindow {
  int first_row = 0;
  int rows = 0;
  int first_column = 0;
  int columns = 0;
};

/// Takes the values of a window of a depth image, [rows][columns]; they are gone when it returns.
using TakeWindow = std::function<void(int image, std::size_t window, std::span<double const> values)>;

/// Hands out the windows of all depth images, image after image, reading no other pixels. Throws Error (io_error) as
/// digest_of does.
void read_windows(StoredDepthImages const& images, std::span<PixelWindow const> windows, TakeWindow const& take);

}  // namespace lauebench
