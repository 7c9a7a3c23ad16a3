#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "kokkos_kernels/types.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

/// Whether a file is a depth image, of this program or of the established one: it has one depth and an image of two
/// dimensions. False when it cannot be read.
[[nodiscard]] bool is_depth_image(std::filesystem::path const& file);

/// Whether a file is a stack of depth images: it has images of two dimensions and a depth for each. False when it
/// cannot be read.
[[nodiscard]] bool is_depth_stack(std::filesystem::path const& file);

/// Likewise a file of several ranks' stacks, [rank][depth][row][column], with a depth for each image of a rank.
[[nodiscard]] bool is_shared_stack(std::filesystem::path const& file);

/// The problem with a depth image that was written and cannot be read, and what to do about it.
[[nodiscard]] std::string unreadable_again(std::filesystem::path const& file);
inline constexpr std::string_view check_who_uses_it = "check the filesystem and who else uses the folder";

/// What a reconstruction's depth images are, [depths][rows][columns].
struct DepthImageShape {
  int depths = 0;
  int rows = 0;
  int columns = 0;
  ElementType element_type = ElementType::uint16;

  [[nodiscard]] std::uint64_t row_bytes() const {
    return static_cast<std::uint64_t>(columns) * size_bytes(element_type);
  }
  [[nodiscard]] std::uint64_t image_bytes() const { return row_bytes() * static_cast<std::uint64_t>(rows); }
  [[nodiscard]] std::uint64_t bytes() const { return image_bytes() * static_cast<std::uint64_t>(depths); }
};

/// Where in its file images of [rows][columns] elements lie: all of their elements and all images behind one another,
/// or in chunks.
struct ImagePlace {
  std::optional<std::uint64_t> offset;  ///< of the first; empty: in chunks
  std::optional<std::uint64_t> ranks;   ///< whose images lie there, behind one another; empty: of one, not numbered
  std::uint64_t images = 1;             ///< of each
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  ElementType type = ElementType::uint16;
};

/// Of the depth image, or the stack of them, that this program has written to `file`. Throws Error when it cannot be
/// read.
[[nodiscard]] ImagePlace place_of_image(std::filesystem::path const& file);

/// One reconstruction's depth images of [rows][columns] elements: files `<base>0.h5` to `<base><count - 1>.h5`, or
/// `<base>.h5` with OutputLayout::per_rank, or those of one rank in it with OutputLayout::shared.
struct StoredDepthImages {
  std::filesystem::path base;
  int count = 0;
  int rows = 0;
  int columns = 0;
  OutputLayout layout = OutputLayout::per_depth;
  int rank = 0;  ///< in a file of several ranks

  /// The file that holds it.
  [[nodiscard]] std::filesystem::path file(std::int64_t image) const;

  /// How many there are: those of the images [0, files()).
  [[nodiscard]] int files() const { return layout == OutputLayout::per_depth ? count : 1; }
};

/// Where in its file each of them lies, as in the first, which all others were made after; of several ranks' images
/// the offset is that of this rank's first. Throws Error (io_error) when that one cannot be read or holds something
/// else.
[[nodiscard]] ImagePlace place_of_images(StoredDepthImages const& images);

/// For reading its image from its place. Throws Error (io_error).
[[nodiscard]] posix::Descriptor open_depth_image(std::filesystem::path const& file);

}  // namespace lauebench
