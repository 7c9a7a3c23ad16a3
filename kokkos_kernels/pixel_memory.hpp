#pragma once

#include <cstddef>

#include "kokkos_kernels/pixel_resolver.hpp"

namespace lauebench::kernels {

/// First row and number of rows of a part of the detector.
struct RowRange {
  int first_row;
  int rows;
};

/// How frames, depth images and workspace of some pixels share one piece of memory.
template <class Real>
class PixelMemory {
 public:
  /// Parts begin at multiples of what a GPU reads at once, so that they take this much more than they hold.
  static constexpr std::size_t alignment = 256;
  static constexpr std::size_t alignment_bytes = 4 * alignment;

  PixelMemory(ResolveConstants const& constants, std::size_t pixels)
      : pixels_(pixels),
        frames_(pixels * static_cast<std::size_t>(constants.images) * size_bytes(constants.input_type)),
        images_(pixels * static_cast<std::size_t>(constants.range.depths) * size_bytes(constants.output_type)),
        steps_(constants.sides.count > 1 ? pixels * static_cast<std::size_t>(constants.range.depths) * sizeof(Real)
                                         : 0),
        filtered_(constants.cosmic_filter == CosmicFilter::on
                      ? pixels * static_cast<std::size_t>(constants.images) * sizeof(double)
                      : 0) {}

  /// Of the parts alone, without what aligning them takes.
  [[nodiscard]] std::size_t part_bytes() const { return frames_ + images_ + workspace_bytes(); }

  /// Of the parts beside frames and images.
  [[nodiscard]] std::size_t workspace_bytes() const { return steps_ + filtered_; }

  [[nodiscard]] std::size_t bytes() const { return filtered_begin() + aligned(filtered_); }

  [[nodiscard]] std::byte* frames(std::byte* memory) const { return memory; }
  [[nodiscard]] std::byte* images(std::byte* memory) const { return memory + aligned(frames_); }

  [[nodiscard]] PixelStripe<Real> place(std::byte* memory, RowRange const& range, WirePosition const* wire) const {
    return {range.first_row,
            range.rows,
            frames(memory),
            pixels_,
            images(memory),
            reinterpret_cast<Real*>(memory + steps_begin()),
            reinterpret_cast<double*>(memory + filtered_begin()),
            wire};
  }

 private:
  static std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }
  [[nodiscard]] std::size_t steps_begin() const { return aligned(frames_) + aligned(images_); }
  [[nodiscard]] std::size_t filtered_begin() const { return steps_begin() + aligned(steps_); }

  std::size_t pixels_;
  std::size_t frames_;
  std::size_t images_;
  std::size_t steps_;
  std::size_t filtered_;
};

}  // namespace lauebench::kernels
