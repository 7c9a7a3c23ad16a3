#pragma once

#include <array>

namespace lauebench::kernels {

/// How the pixel loop is cut for a device.
struct LaunchShape {
  int compute_capability;  ///< from here on, up to the next entry of the table; 0: a CPU that stands in for a device
  int threads;             ///< of a thread block
  int thread_blocks;       ///< of one multiprocessor at least, which bounds the registers of a thread
  int streams;             ///< copy in, kernel and copy out of that many blocks of rows overlap
  int pixels;              ///< of a block of rows, where the stripe has enough
};

// Found on paper and from the compiler's register counts, not on devices; see NOTES.md. A thread block of four warps
// keeps few threads waiting for its slowest pixel. Five of them leave a thread 102 of a multiprocessor's 65536
// registers, and the kernel takes 84. Three streams are one for each direction of copying and one for the kernel.
// Pixels fill all multiprocessors of the largest device of the kind once, with five times 128 threads each.
inline constexpr std::array launch_shapes{
    LaunchShape{0, 1, 1, 4, 4096},          // small blocks: its caches are the device
    LaunchShape{70, 128, 5, 3, 80 * 640},   // V100: 80 multiprocessors
    LaunchShape{80, 128, 5, 3, 108 * 640},  // A100: 108
    LaunchShape{90, 128, 5, 3, 132 * 640},  // H100, H200: 132
    LaunchShape{100, 128, 5, 3, 148 * 640}  // B200: 148
};

/// The entry for devices of that compute capability (90 for 9.0).
[[nodiscard]] constexpr LaunchShape launch_shape(int compute_capability) {
  LaunchShape found = launch_shapes.front();
  for (LaunchShape const& shape : launch_shapes) {
    if (shape.compute_capability <= compute_capability) {
      found = shape;
    }
  }
  return found;
}

}  // namespace lauebench::kernels
