#include "io/depth_image_windows.hpp"

#include <cstdint>
#include <vector>

#include "io/depth_image_reader.hpp"
#include "kokkos_kernels/element_access.hpp"

namespace lauebench {
namespace {

/// Reads windows into room that the next ones use again.
class WindowReader {
 public:
  explicit WindowReader(DepthImageShape const& shape) : shape_(shape) {}

  std::span<double const> read(OpenDepthImage& image, PixelWindow const& window) {
    std::size_t const pixel_bytes = size_bytes(shape_.element_type);
    auto const columns = static_cast<std::size_t>(window.columns);
    row_.resize(columns * pixel_bytes);
    values_.resize(static_cast<std::size_t>(window.rows) * columns);
    for (std::size_t row = 0; row < static_cast<std::size_t>(window.rows); ++row) {
      std::uint64_t const image_row = static_cast<std::uint64_t>(window.first_row) + row;
      image.read(image_row * shape_.row_bytes() + static_cast<std::uint64_t>(window.first_column) * pixel_bytes, row_);
      for (std::size_t column = 0; column < columns; ++column) {
        values_[row * columns + column] = kernels::load_element(row_.data(), shape_.element_type, column);
      }
    }
    return values_;
  }

 private:
  DepthImageShape shape_;
  std::vector<std::byte> row_;
  std::vector<double> values_;
};

}  // namespace

void read_windows(StoredDepthImages const& images, std::span<PixelWindow const> windows, TakeWindow const& take) {
  auto const images_reader = open_depth_images(images);
  WindowReader reader(images_reader->shape());
  for (int image = 0; image < images.count; ++image) {
    auto const opened = images_reader->open(image);
    for (std::size_t window = 0; window < windows.size(); ++window) {
      take(image, window, reader.read(*opened, windows[window]));
    }
  }
}

}  // namespace lauebench
