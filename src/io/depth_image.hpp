#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "kokkos_kernels/types.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

/// Whether a file is a depth image, of this program or of the established one: it has one depth and an image of two
/// dimensions. False when it cannot be read.
[[nodiscard]] bool is_depth_image(std::filesystem::path const& file);

/// The problem with a depth image that was written and cannot be read, and what to do about it.
[[nodiscard]] std::string unreadable_again(std::filesystem::path const& file);
inline constexpr std::string_view check_who_uses_it = "check the filesystem and who else uses the folder";

/// Where in its file an image of [rows][columns] elements lies, all of them behind one another.
struct ImagePlace {
  std::uint64_t offset = 0;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  ElementType type = ElementType::uint16;

  [[nodiscard]] std::uint64_t row_bytes() const { return columns * size_bytes(type); }
};

/// Of a depth image that this program has written. Throws Error when it cannot be read.
[[nodiscard]] ImagePlace place_of_image(std::filesystem::path const& file);

/// Depth images `<base>0.h5` to `<base><count - 1>.h5` of [rows][columns] elements.
struct StoredDepthImages {
  std::filesystem::path base;
  int count = 0;
  int rows = 0;
  int columns = 0;

  [[nodiscard]] std::filesystem::path file(std::int64_t image) const;
};

/// Where in its file each of them lies, as in the first, which all others were made after. Throws Error (io_error) when
/// that one cannot be read or holds something else.
[[nodiscard]] ImagePlace place_of_images(StoredDepthImages const& images);

/// For reading its image from its place. Throws Error (io_error).
[[nodiscard]] posix::Descriptor open_depth_image(std::filesystem::path const& file);

}  // namespace lauebench
