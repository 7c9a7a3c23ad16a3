#include "io/depth_image_windows.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "io/file_descriptor.hpp"
#include "kokkos_kernels/element_access.hpp"

namespace lauebench {
namespace {

/// Reads windows into room that the next ones use again.
class WindowReader {
 public:
  explicit WindowReader(ImagePlace const& place) : place_(place) {}

  std::span<double const> read(posix::Descriptor const& file, PixelWindow const& window, std::string_view problem) {
    auto const columns = static_cast<std::size_t>(window.columns);
    row_.resize(columns * size_bytes(place_.type));
    values_.resize(static_cast<std::size_t>(window.rows) * columns);
    auto const first_pixel = static_cast<std::uint64_t>(window.first_column);
    for (std::size_t row = 0; row < static_cast<std::size_t>(window.rows); ++row) {
      std::uint64_t const image_row = static_cast<std::uint64_t>(window.first_row) + row;
      read_all(file, place_.offset + image_row * place_.row_bytes() + first_pixel * size_bytes(place_.type), row_,
               problem);
      for (std::size_t column = 0; column < columns; ++column) {
        values_[row * columns + column] = kernels::load_element(row_.data(), place_.type, column);
      }
    }
    return values_;
  }

 private:
  ImagePlace place_;
  std::vector<std::byte> row_;
  std::vector<double> values_;
};

}  // namespace

void read_windows(StoredDepthImages const& images, std::span<PixelWindow const> windows, TakeWindow const& take) {
  WindowReader reader(place_of_images(images));
  for (int image = 0; image < images.count; ++image) {
    auto const file = images.file(image);
    auto const opened = open_depth_image(file);
    for (std::size_t window = 0; window < windows.size(); ++window) {
      take(image, window, reader.read(opened, windows[window], unreadable_again(file)));
    }
  }
}

}  // namespace lauebench
