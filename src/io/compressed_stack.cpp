#include "io/compressed_stack.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include "cluster/helper_threads.hpp"
#include "config/error.hpp"
#include "io/depth_block_hdf5.hpp"
#include "io/depth_datasets.hpp"
#include "io/depth_stack.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5_guarded_file.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_items.hpp"

namespace lauebench {

namespace {

std::uint64_t stripes_of(int rows, int chunk_rows) {
  return static_cast<std::uint64_t>((rows + chunk_rows - 1) / chunk_rows);
}

}  // namespace

CompressedStackTemplate make_compressed_stack_template(std::filesystem::path const& scan, DepthImageShape const& shape,
                                                       DepthGrid const& depths, int gzip_level) {
  auto const plain = make_depth_stack_template(scan, shape.element_type, shape.rows, shape.columns, depths);
  return {scan, shape, depths, gzip_level, plain.held_bytes()};
}

DepthOutputSize most_chunked_size(ChunkedOutput const& output, std::uint64_t surroundings_bytes) {
  // Nodes of 64 places have 3136 bytes, 3648 with a dimension of ranks, and may be half full; the header of the chunks
  // and allocation in blocks.
  constexpr std::uint64_t index_bytes = 128;
  constexpr std::uint64_t rest_bytes = 65536;
  DepthImageShape const& shape = output.shape;
  std::uint64_t const chunks = stripes_of(shape.rows, output.chunk_rows) * static_cast<std::uint64_t>(shape.depths) *
                               static_cast<std::uint64_t>(output.ranks);
  std::uint64_t const chunk_bytes = shape.row_bytes() * static_cast<std::uint64_t>(output.chunk_rows);
  // Where ranks write together HDF5 gives every chunk a place when the file is opened, for zeros, and then another.
  std::uint64_t const zeros_bytes = chunk_bytes / 512 + 64;
  std::uint64_t const gaps_bytes = 2 * static_cast<std::uint64_t>(output.alignment_bytes - 1);
  return {1, surroundings_bytes + chunks * (chunk_bytes + zeros_bytes + gaps_bytes + index_bytes) + rest_bytes};
}

DepthOutputSize most_output_size(CompressedStackTemplate const& file_template, int chunk_rows) {
  return most_chunked_size({file_template.shape, 1, chunk_rows, 1}, file_template.surroundings_bytes);
}

std::uint64_t compression_row_bytes(DepthImageShape const& shape, int threads) {
  constexpr std::uint64_t copies = 2;  // the chunk that is being compressed, and room for what comes of it
  return shape.row_bytes() * (static_cast<std::uint64_t>(shape.depths) + copies * static_cast<std::uint64_t>(threads));
}

struct CompressedStackWriter::Hdf5File {
  hdf5::WriteGuard guard;
  hdf5::Handle file;
  hdf5::Handle images;
};

CompressedStackWriter::CompressedStackWriter(std::filesystem::path const& base,
                                             CompressedStackTemplate const& file_template, int chunk_rows,
                                             IoPath io_path)
    : DepthImageWriter(base, file_template.shape),
      format_{{1, chunk_rows, file_template.shape.columns},
              size_bytes(file_template.shape.element_type),
              file_template.gzip_level,
              ByteShuffle::off},
      io_path_(io_path),
      part_(base, file_template.scan, most_output_size(file_template, chunk_rows)),
      file_(std::make_unique<Hdf5File>()) {
  file_->guard.file = &part_.descriptor();
  create(file_template);
}

CompressedStackWriter::~CompressedStackWriter() = default;

void CompressedStackWriter::create(CompressedStackTemplate const& file_template) {
  hdf5::Scope const scope;
  file_->file = hdf5::create_stack_file(file_->guard, file_template.scan, file_template.depths, part_.problem());
  std::array<hsize_t, 3> const sizes{static_cast<hsize_t>(shape().depths), static_cast<hsize_t>(shape().rows),
                                     static_cast<hsize_t>(shape().columns)};
  std::array<hsize_t, 3> const chunk{1, static_cast<hsize_t>(format_.shape[1]), static_cast<hsize_t>(format_.shape[2])};
  file_->images = hdf5::create_compressed_images(file_->file, shape().element_type, sizes, chunk, format_.gzip_level,
                                                 part_.problem());
  // the part begins as HDF5 files do from now on: what a killed run leaves is known by that
  hdf5::check_written(H5Fflush(file_->file.id(), H5F_SCOPE_LOCAL), part_.problem());
  require_written();
}

/// The caller holds a Scope.
void CompressedStackWriter::require_written() const {
  if (file_->guard.error_number != 0) {
    throw part_.write_error(file_->guard.error_number);
  }
}

void CompressedStackWriter::require_stripe(int first_row, int rows) const {
  auto const height = static_cast<int>(format_.shape[1]);
  if (first_row % height != 0 || (rows != height && first_row + rows != shape().rows)) {
    throw std::invalid_argument("CompressedStackWriter: rows that are no stripe");
  }
}

void CompressedStackWriter::encode_rows(int first_row, int rows, std::span<std::byte const> images, int threads,
                                        Cancellation const& cancellation) {
  require_stripe(first_row, rows);
  if (io_path_ == IoPath::hdf5) {
    return;
  }
  std::array<std::int64_t, 3> const sizes{1, rows, shape().columns};
  std::uint64_t const part = shape().row_bytes() * static_cast<std::uint64_t>(rows);
  Chunks chunks(static_cast<std::size_t>(shape().depths));
  share_out(static_cast<std::size_t>(threads), shape().depths, [&](std::size_t /*thread*/, std::int64_t depth) {
    cancellation.throw_if_due();
    auto const index = static_cast<std::size_t>(depth);
    chunks[index] = encode_chunk(format_, sizes, images.subspan(index * part, part));
  });
  std::scoped_lock const lock(prepared_mutex_);
  prepared_.insert_or_assign(first_row, std::move(chunks));
}

CompressedStackWriter::Chunks CompressedStackWriter::take_prepared(int first_row) {
  std::scoped_lock const lock(prepared_mutex_);
  auto found = prepared_.extract(first_row);
  return found.empty() ? Chunks{} : std::move(found.mapped());
}

void CompressedStackWriter::store_rows(int first_row, int rows, std::span<std::byte const> images,
                                       Cancellation const& cancellation) {
  require_stripe(first_row, rows);
  if (io_path_ == IoPath::hdf5) {
    store_by_filters(first_row, rows, images);
    return;
  }
  Chunks chunks = take_prepared(first_row);
  if (chunks.empty()) {
    encode_rows(first_row, rows, images, 1, cancellation);
    chunks = take_prepared(first_row);
  }
  for (int depth = 0; depth < shape().depths; ++depth) {
    cancellation.throw_if_due();
    store_chunk(std::exchange(chunks[static_cast<std::size_t>(depth)], {}), depth, first_row);
  }
}

void CompressedStackWriter::store_chunk(EncodedChunk const& chunk, int depth, int first_row) {
  std::array<hsize_t, 3> const offset{static_cast<hsize_t>(depth), static_cast<hsize_t>(first_row), 0};
  hdf5::Scope const scope;
  hdf5::check_written(H5Dwrite_chunk(file_->images.id(), H5P_DEFAULT, chunk.filter_mask, offset.data(),
                                     chunk.bytes.size(), chunk.bytes.data()),
                      part_.problem());
  require_written();
  count_bytes(chunk.bytes.size());
}

void CompressedStackWriter::store_by_filters(int first_row, int rows, std::span<std::byte const> images) {
  std::array<std::uint64_t, 3> const first{0, static_cast<std::uint64_t>(first_row), 0};
  std::array<std::uint64_t, 3> const sizes{static_cast<std::uint64_t>(shape().depths), static_cast<std::uint64_t>(rows),
                                           static_cast<std::uint64_t>(shape().columns)};
  hdf5::Scope const scope;
  write_block(file_->images, {shape().element_type, first, sizes, images}, part_.problem());
  require_written();
}

/// Closes HDF5's file, once.
void CompressedStackWriter::finish() {
  if (!file_) {
    return;
  }
  hdf5::Scope const scope;
  file_->images.reset();
  hdf5::check_written(H5Fflush(file_->file.id(), H5F_SCOPE_LOCAL), part_.problem());
  file_->file.reset();
  require_written();
  file_.reset();
  // what HDF5 wrote around the chunks
  count_bytes(size_of(part_.descriptor(), part_.problem()) - bytes_written());
}

void CompressedStackWriter::sync_files(Cancellation const& cancellation) {
  cancellation.throw_if_due();
  finish();
  sync_to_disk(part_.path());
}

void CompressedStackWriter::name_files() {
  finish();
  part_.publish();
}

}  // namespace lauebench
