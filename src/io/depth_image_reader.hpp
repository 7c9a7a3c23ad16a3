#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "io/depth_image.hpp"

namespace lauebench {

/// A depth image of [rows][columns] elements, open; for one thread at a time.
class OpenDepthImage {
 public:
  virtual ~OpenDepthImage() = default;

  /// The image's bytes from `offset` on, as many as `destination` has. Throws Error (io_error).
  virtual void read(std::uint64_t offset, std::span<std::byte> destination) = 0;
};

/// Depth images as their files hold them now, whatever their layout; for any number of threads.
class DepthImageReader {
 public:
  virtual ~DepthImageReader() = default;

  [[nodiscard]] virtual DepthImageShape const& shape() const = 0;

  /// Throws Error (io_error).
  [[nodiscard]] virtual std::unique_ptr<OpenDepthImage> open(std::int64_t image) const = 0;
};

/// Throws Error (io_error) when the images cannot be read, or are not as many of [images.rows][images.columns].
[[nodiscard]] std::unique_ptr<DepthImageReader> open_depth_images(StoredDepthImages const& images);

}  // namespace lauebench
