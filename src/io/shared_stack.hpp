#pragma once

#include <cstdint>
#include <filesystem>

#include "config/config.hpp"
#include "io/depth_image_writer.hpp"
#include "io/depth_output_checks.hpp"
#include "io/depth_stack.hpp"
#include "io/shared_output.hpp"

/// The output of OutputLayout::shared: the depth images of all ranks of a run in one HDF5 file,
/// [rank][depth][row][col].
namespace lauebench {

/// A shared file but for the images.
struct SharedStackTemplate {
  DepthStackTemplate around;  ///< its shape is that of one rank's images; compressed ones have neither head nor tail
  DepthGrid depths;
  int ranks = 1;
  int gzip_level = 0;  ///< 0: not compressed
  std::int64_t alignment_bytes = 1;
  std::uint64_t surroundings_bytes = 0;  ///< of the file but for the images
};

/// `shape` is that of one rank's images. Throws Error (bad_input, io_error) when the scan's metadata cannot be copied.
[[nodiscard]] SharedStackTemplate make_shared_stack_template(std::filesystem::path const& scan,
                                                             DepthImageShape const& shape, DepthGrid const& depths,
                                                             int gzip_level, SharedOutput const* output);

/// The file of all ranks; of compressed images the most that it may take, in chunks of `chunk_rows` rows.
[[nodiscard]] DepthOutputSize output_size(SharedStackTemplate const& file_template, int chunk_rows);

/// Memory that writing takes for each row of a stripe, its images left out.
[[nodiscard]] std::uint64_t shared_row_bytes(SharedStackTemplate const& file_template);

/// Stores a rank's images in the file that it shares, which is the output's business: all ranks of it make one.
class SharedStackWriter final : public DepthImageWriter {
 public:
  /// Stripes are `chunk_rows` rows each, but for the last one, on every rank. Collective, as SharedOutput::create.
  /// `output` outlives it.
  SharedStackWriter(SharedStackTemplate const& file_template, int chunk_rows, IoPath io_path, SharedOutput& output);

 private:
  void store_rows(int first_row, int rows, std::span<std::byte const> images,
                  Cancellation const& cancellation) override;
  void sync_files(Cancellation const& cancellation) override;
  void name_files() override;

  SharedOutput& output_;
};

}  // namespace lauebench
