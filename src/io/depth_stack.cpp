#include "io/depth_stack.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "io/depth_block_hdf5.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {

DepthOutputSize output_size(DepthStackTemplate const& file_template) {
  return {1, file_template.held_bytes() + file_template.shape.bytes()};
}

DepthStackWriter::DepthStackWriter(std::filesystem::path const& base, DepthStackTemplate file_template, IoPath io_path)
    : DepthImageWriter(base, file_template.shape),
      template_(std::move(file_template)),
      io_path_(io_path),
      part_(base, template_.scan, output_size(template_)) {
  lay_out();
}

void DepthStackWriter::lay_out() {
  write_at(0, template_.head);
  std::uint64_t const images = template_.head.size();
  std::uint64_t const end = images + shape().bytes();
  // a filesystem that cannot reserve tells of a lack of space when stripes are written
  if (int const error_number = reserve(part_.descriptor(), images, shape().bytes()); error_number != 0) {
    throw part_.write_error(error_number);
  }
  if (::ftruncate(part_.descriptor().get(), static_cast<off_t>(end + template_.tail.size())) != 0) {
    throw part_.write_error(errno);
  }
  write_at(end, template_.tail);
}

void DepthStackWriter::write_at(std::uint64_t offset, std::span<std::byte const> bytes) {
  std::array pieces{iovec{const_cast<std::byte*>(bytes.data()), bytes.size()}};  // which write_all only reads
  if (int const error_number = write_all(part_.descriptor(), offset, pieces); error_number != 0) {
    throw part_.write_error(error_number);
  }
  count_bytes(bytes.size());
}

void DepthStackWriter::store_rows(int first_row, int rows, std::span<std::byte const> images,
                                  Cancellation const& cancellation) {
  if (io_path_ == IoPath::hdf5) {
    std::array<std::uint64_t, 3> const first{0, static_cast<std::uint64_t>(first_row), 0};
    std::array<std::uint64_t, 3> const sizes{static_cast<std::uint64_t>(shape().depths),
                                             static_cast<std::uint64_t>(rows),
                                             static_cast<std::uint64_t>(shape().columns)};
    write_block_by_hdf5(part_.path(), {shape().element_type, first, sizes, images}, part_.problem());
    count_bytes(images.size());
    return;
  }
  std::uint64_t const part = shape().row_bytes() * static_cast<std::uint64_t>(rows);
  std::uint64_t const above = shape().row_bytes() * static_cast<std::uint64_t>(first_row);
  for (std::uint64_t m = 0; m < static_cast<std::uint64_t>(shape().depths); ++m) {
    cancellation.throw_if_due();
    write_at(template_.head.size() + m * shape().image_bytes() + above, images.subspan(m * part, part));
  }
}

void DepthStackWriter::sync_files(Cancellation const& cancellation) {
  cancellation.throw_if_due();
  sync_to_disk(part_.path());
}

void DepthStackWriter::name_files() { part_.publish(); }

}  // namespace lauebench
