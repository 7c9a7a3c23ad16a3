#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "config/config.hpp"
#include "io/chunk_encoder.hpp"
#include "io/depth_image_writer.hpp"
#include "io/depth_output_checks.hpp"
#include "io/depth_stack_part.hpp"

/// The output of OutputLayout::per_rank with compression: `<base>.h5`, whose images lie in chunks of one depth's rows
/// of one stripe.
namespace lauebench {

/// What a compressed file is made from, known to be possible.
struct CompressedStackTemplate {
  std::filesystem::path scan;  ///< never replaced
  DepthImageShape shape;
  DepthGrid depths;
  int gzip_level = 1;
  std::uint64_t surroundings_bytes = 0;  ///< of the file but for the images
};

/// Copies the scan's metadata to memory once, to see that it can be done. Throws Error (bad_input, io_error).
[[nodiscard]] CompressedStackTemplate make_compressed_stack_template(std::filesystem::path const& scan,
                                                                     DepthImageShape const& shape,
                                                                     DepthGrid const& depths, int gzip_level);

/// Compressed images of reconstructions in a file.
struct ChunkedOutput {
  DepthImageShape shape;  ///< of each reconstruction's
  int ranks = 1;
  int chunk_rows = 1;
  std::int64_t alignment_bytes = 1;
};

/// The most that such a file may take beside `surroundings_bytes`: images that cannot be compressed.
[[nodiscard]] DepthOutputSize most_chunked_size(ChunkedOutput const& output, std::uint64_t surroundings_bytes);

/// The most that one reconstruction's file may take (summary left out), in chunks of `chunk_rows` rows.
[[nodiscard]] DepthOutputSize most_output_size(CompressedStackTemplate const& file_template, int chunk_rows);

/// Memory that compressing takes for each row of a stripe, its images left out, when `threads` compress.
[[nodiscard]] std::uint64_t compression_row_bytes(DepthImageShape const& shape, int threads);

/// Stores the images in `<base>.h5`, called `<base>.h5.part` until `publish`. Chunks are compressed without HDF5 and
/// stored as they are, or with IoPath::hdf5 by its filters. What is prepared stays in memory until it is written.
class CompressedStackWriter final : public DepthImageWriter {
 public:
  /// Stripes are `chunk_rows` rows each, but for the last one. Takes the names (see DepthStackPart). Throws Error
  /// (io_error, bad_input).
  CompressedStackWriter(std::filesystem::path const& base, CompressedStackTemplate const& file_template, int chunk_rows,
                        IoPath io_path = IoPath::automatic);

  ~CompressedStackWriter() override;

 private:
  struct Hdf5File;
  using Chunks = std::vector<EncodedChunk>;  ///< of one stripe, by depth

  void encode_rows(int first_row, int rows, std::span<std::byte const> images, int threads,
                   Cancellation const& cancellation) override;
  void store_rows(int first_row, int rows, std::span<std::byte const> images,
                  Cancellation const& cancellation) override;
  void sync_files(Cancellation const& cancellation) override;
  void name_files() override;

  void create(CompressedStackTemplate const& file_template);
  void require_written() const;
  void require_stripe(int first_row, int rows) const;
  [[nodiscard]] Chunks take_prepared(int first_row);
  void store_chunk(EncodedChunk const& chunk, int depth, int first_row);
  void store_by_filters(int first_row, int rows, std::span<std::byte const> images);
  void finish();

  ChunkFormat format_;
  IoPath io_path_;
  std::mutex prepared_mutex_;
  std::map<int, Chunks> prepared_;  ///< by first row
  // In this order, so that HDF5 closes its file before the part is removed.
  DepthStackPart part_;
  std::unique_ptr<Hdf5File> file_;  ///< none once it is closed
};

}  // namespace lauebench
