#pragma once

#include <cstddef>

namespace lauebench::kernels {

/// The same rows of all images of a stripe on the host: `images` pieces of `bytes` each, `pitch` bytes from the begin
/// of one to that of the next. In a device's memory the pieces follow each other.
template <class Byte>
struct ImageRows {
  Byte* first = nullptr;
  std::size_t pitch = 0;
  std::size_t bytes = 0;
  std::size_t images = 0;
};

}  // namespace lauebench::kernels
