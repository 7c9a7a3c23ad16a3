#include "io/depth_stack.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "io/depth_block_hdf5.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {

namespace {

void write_at(DepthStackPart const& part, std::uint64_t offset, std::span<std::byte const> bytes) {
  std::array pieces{iovec{const_cast<std::byte*>(bytes.data()), bytes.size()}};  // which write_all only reads
  if (int const error_number = write_all(part.descriptor(), offset, pieces); error_number != 0) {
    throw part.write_error(error_number);
  }
}

}  // namespace

DepthOutputSize output_size(DepthStackTemplate const& file_template) {
  return {1, file_template.held_bytes() + file_template.shape.bytes()};
}

void lay_out(DepthStackPart const& part, DepthStackTemplate const& file_template, std::uint64_t images_bytes) {
  write_at(part, 0, file_template.head);
  std::uint64_t const images = file_template.head.size();
  std::uint64_t const end = images + images_bytes;
  // a filesystem that cannot reserve tells of a lack of space when stripes are written
  if (int const error_number = reserve(part.descriptor(), images, images_bytes); error_number != 0) {
    throw part.write_error(error_number);
  }
  if (::ftruncate(part.descriptor().get(), static_cast<off_t>(end + file_template.tail.size())) != 0) {
    throw part.write_error(errno);
  }
  write_at(part, end, file_template.tail);
}

DepthStackWriter::DepthStackWriter(std::filesystem::path const& base, DepthStackTemplate file_template, IoPath io_path)
    : DepthImageWriter(base, file_template.shape),
      template_(std::move(file_template)),
      io_path_(io_path),
      part_(base, template_.scan, output_size(template_)) {
  lay_out(part_, template_, shape().bytes());
  count_bytes(template_.held_bytes());
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
    write_at(part_, template_.head.size() + m * shape().image_bytes() + above, images.subspan(m * part, part));
    count_bytes(part);
  }
}

void DepthStackWriter::sync_files(Cancellation const& cancellation) {
  cancellation.throw_if_due();
  sync_to_disk(part_.path());
}

void DepthStackWriter::name_files() { part_.publish(); }

}  // namespace lauebench
