#include "io/shared_stack.hpp"

#include <algorithm>

#include "io/compressed_stack.hpp"
#include "io/depth_stack_template.hpp"

namespace lauebench {

SharedStackTemplate make_shared_stack_template(std::filesystem::path const& scan, DepthImageShape const& shape,
                                               DepthGrid const& depths, int gzip_level, SharedOutput const* output) {
  SharedStackTemplate made;
  made.depths = depths;
  made.gzip_level = gzip_level;
  if (output != nullptr) {
    made.ranks = output->ranks();
    made.alignment_bytes = output->options().alignment_bytes.value_or(1);
  }
  made.around = make_stack_template(scan, shape, {depths, made.ranks, made.alignment_bytes});
  made.surroundings_bytes = made.around.held_bytes();
  if (gzip_level > 0) {
    made.around.head = {};
    made.around.tail = {};
  }
  return made;
}

DepthOutputSize output_size(SharedStackTemplate const& file_template, int chunk_rows) {
  auto const ranks = static_cast<std::uint64_t>(file_template.ranks);
  DepthImageShape const& shape = file_template.around.shape;
  if (file_template.gzip_level == 0) {
    return {1, file_template.surroundings_bytes + ranks * shape.bytes()};
  }
  return most_chunked_size({shape, file_template.ranks, chunk_rows, file_template.alignment_bytes},
                           file_template.surroundings_bytes);
}

std::uint64_t shared_row_bytes(SharedStackTemplate const& file_template) {
  // HDF5 holds every chunk of a collective write, and compresses one into memory of its own
  constexpr int one_thread = 1;
  return file_template.gzip_level > 0 ? compression_row_bytes(file_template.around.shape, one_thread) : 0;
}

SharedStackWriter::SharedStackWriter(SharedStackTemplate const& file_template, int chunk_rows, IoPath io_path,
                                     SharedOutput& output)
    : DepthImageWriter(output.base(), file_template.around.shape), output_(output) {
  output_.create(file_template, chunk_rows, io_path);
}

void SharedStackWriter::store_rows(int first_row, int rows, std::span<std::byte const> images,
                                   Cancellation const& cancellation) {
  cancellation.throw_if_due();
  count_bytes(output_.write_rows(first_row, rows, images));
}

void SharedStackWriter::sync_files(Cancellation const& cancellation) {
  cancellation.throw_if_due();
  output_.sync();
}

void SharedStackWriter::name_files() { count_bytes(output_.publish()); }

}  // namespace lauebench
