#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "config/config.hpp"
#include "io/depth_image_writer.hpp"
#include "io/depth_output_checks.hpp"
#include "io/depth_stack_part.hpp"
#include "kokkos_kernels/types.hpp"

/// The output of OutputLayout::per_rank: all depth images of a reconstruction in one HDF5 file, `<base>.h5`.
namespace lauebench {

/// A file of depth images but for the images: the scan's file as DepthFileTemplate has it, with all depths, and around
/// the place of [depths][rows][columns] elements.
struct DepthStackTemplate {
  std::vector<std::byte> head;  ///< from the file's beginning to the images
  std::vector<std::byte> tail;  ///< from the images to the file's end
  DepthImageShape shape;
  std::filesystem::path scan;  ///< what it was made from; never replaced

  /// Of memory.
  [[nodiscard]] std::uint64_t held_bytes() const { return head.size() + tail.size(); }
};

/// `rows` and `columns` are those of the scan's frames. What it holds in memory does not grow with the images. Throws
/// Error (bad_input, io_error) when the scan's metadata cannot be copied.
[[nodiscard]] DepthStackTemplate make_depth_stack_template(std::filesystem::path const& scan, ElementType element_type,
                                                           int rows, int columns, DepthGrid const& depths);

/// Bytes that `make_depth_stack_template` will hold, give or take some kilobytes, asked for without reading them.
/// Throws Error (bad_input, io_error).
[[nodiscard]] std::uint64_t depth_stack_template_bytes(std::filesystem::path const& scan, DepthGrid const& depths);

/// One reconstruction's file (summary left out).
[[nodiscard]] DepthOutputSize output_size(DepthStackTemplate const& file_template);

/// Writes all of a file but its images, for which it reserves `images_bytes`. Throws Error (io_error).
void lay_out(DepthStackPart const& part, DepthStackTemplate const& file_template, std::uint64_t images_bytes);

/// Stores the images in `<base>.h5`, called `<base>.h5.part` until `publish`: its blocks are reserved, then stripes are
/// written past HDF5, or by it with IoPath::hdf5. One writer at a time has a base, of this layout or the other: others
/// are refused as long as it lives.
class DepthStackWriter final : public DepthImageWriter {
 public:
  /// Takes the names (see DepthStackPart) and lays the file out. Throws Error (io_error, bad_input).
  DepthStackWriter(std::filesystem::path const& base, DepthStackTemplate file_template,
                   IoPath io_path = IoPath::automatic);

 private:
  void store_rows(int first_row, int rows, std::span<std::byte const> images,
                  Cancellation const& cancellation) override;
  void sync_files(Cancellation const& cancellation) override;
  void name_files() override;

  DepthStackTemplate template_;
  IoPath io_path_;
  DepthStackPart part_;
};

}  // namespace lauebench
