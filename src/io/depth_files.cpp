#include "io/depth_files.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "config/error.hpp"
#include "io/depth_block_hdf5.hpp"

namespace lauebench {

namespace {

std::uint64_t image_row_bytes(DepthFileTemplate const& t) {
  return static_cast<std::uint64_t>(t.columns) * size_bytes(t.element_type);
}

/// A piece of memory for write_all, which only reads it.
iovec piece(std::byte const* data, std::uint64_t bytes) { return {const_cast<std::byte*>(data), bytes}; }

using DepthBytes = std::array<std::byte, sizeof(double)>;

/// A whole depth file as it goes to disk: the template's bytes with the image, or zeros where it comes later, and the
/// depth in their places.
std::array<iovec, 5> file_pieces(DepthFileTemplate const& t, DepthBytes const& depth, std::byte const* image) {
  std::byte const* const bytes = t.bytes.data();
  std::uint64_t const image_bytes = image_row_bytes(t) * static_cast<std::uint64_t>(t.rows);
  struct Patch {
    std::uint64_t offset;
    std::uint64_t bytes;
    std::byte const* data;
  };
  std::array<Patch, 2> patches{Patch{t.image_offset, image_bytes, image},
                               Patch{t.depth_offset, depth.size(), depth.data()}};
  if (patches[1].offset < patches[0].offset) {
    std::swap(patches[0], patches[1]);
  }
  std::uint64_t const after_first = patches[0].offset + patches[0].bytes;
  std::uint64_t const after_second = patches[1].offset + patches[1].bytes;
  return {piece(bytes, patches[0].offset), piece(patches[0].data, patches[0].bytes),
          piece(bytes + after_first, patches[1].offset - after_first), piece(patches[1].data, patches[1].bytes),
          piece(bytes + after_second, t.bytes.size() - after_second)};
}

/// The claim has made part 0 and removed all others.
int creation_flags(int m) {
  constexpr int existing = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  return m == 0 ? existing : existing | O_CREAT | O_EXCL;
}

}  // namespace

DepthOutputSize output_size(DepthFileTemplate const& file_template, DepthGrid const& depths) {
  return {static_cast<std::uint64_t>(depths.count), file_template.bytes.size()};
}

DepthFileWriter::DepthFileWriter(std::filesystem::path const& base, DepthGrid const& depths,
                                 DepthFileTemplate file_template, IoPath io_path)
    : DepthImageWriter(base, {depths.count, file_template.rows, file_template.columns, file_template.element_type}),
      depths_(depths),
      template_(std::move(file_template)),
      io_path_(io_path),
      files_(static_cast<std::size_t>(depths.count)) {
  auto const folder = folder_of(base);
  require_output_folder(folder, fmt::format("cannot write depth files '{}'", final_path(0).string()));
  require_output_space(folder, output_size(template_, depths_));
  std::vector<std::filesystem::path> paths;
  paths.reserve(files_.size());
  for (int m = 0; m < depths.count; ++m) {
    paths.push_back(final_path(m));
  }
  refuse_to_replace_scan(template_.scan, paths);
  claim_.emplace(base, depths.count);
}

/// The claim removes part 0 after all others: as long as it is there, the others are ours.
DepthFileWriter::~DepthFileWriter() {
  for (int m = 1; m < depths_.count; ++m) {
    if (file(m).state == State::unpublished) {
      ::unlink(part_path(m).c_str());
    }
  }
}

void DepthFileWriter::store_rows(int first_row, int rows, std::span<std::byte const> images,
                                 Cancellation const& cancellation) {
  std::uint64_t const part = image_row_bytes(template_) * static_cast<std::uint64_t>(rows);
  for (int m = 0; m < depths_.count; ++m) {
    cancellation.throw_if_due();
    write_part(m, first_row, rows, images.subspan(static_cast<std::size_t>(m) * part, part));
  }
}

void DepthFileWriter::sync_files(Cancellation const& cancellation) {
  for (int m = 0; m < depths_.count; ++m) {
    cancellation.throw_if_due();
    if (file(m).state == State::unpublished) {
      sync_to_disk(part_path(m));
    }
  }
}

void DepthFileWriter::name_files() {
  // Part 0 keeps other reconstructions out, so it goes last.
  for (int m = depths_.count - 1; m >= 0; --m) {
    if (::rename(part_path(m).c_str(), final_path(m).c_str()) != 0) {
      throw io_error(fmt::format("cannot rename '{}' to '{}'", part_path(m).string(), final_path(m).string()), errno,
                     "check the output folder");
    }
    file(m).state = State::published;
  }
  // Whoever reads file 0 may want to lock it.
  claim_.reset();
}

void DepthFileWriter::write_part(int m, int first_row, int rows, std::span<std::byte const> image_rows) {
  bool const at_once = rows == template_.rows && io_path_ != IoPath::hdf5;
  std::call_once(file(m).laid_out, [&] { lay_out(m, at_once ? image_rows.data() : nullptr); });
  if (at_once) {
    return;
  }
  auto const path = part_path(m);
  if (io_path_ == IoPath::hdf5) {
    std::array<std::uint64_t, 2> const first{static_cast<std::uint64_t>(first_row), 0};
    std::array<std::uint64_t, 2> const sizes{static_cast<std::uint64_t>(rows),
                                             static_cast<std::uint64_t>(template_.columns)};
    write_block_by_hdf5(path, {template_.element_type, first, sizes, image_rows},
                        fmt::format("cannot write depth file '{}'", path.string()));
  } else {
    write_rows_by_call(path, first_row, image_rows);
  }
  count_bytes(image_rows.size());
}

void DepthFileWriter::write_rows_by_call(std::filesystem::path const& path, int first_row,
                                         std::span<std::byte const> image_rows) const {
  posix::Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!descriptor.valid()) {
    throw depth_write_error(path, errno, output_size(template_, depths_));
  }
  std::array pieces{piece(image_rows.data(), image_rows.size())};
  write_and_close(descriptor,
                  template_.image_offset + static_cast<std::uint64_t>(first_row) * image_row_bytes(template_), pieces,
                  path);
}

/// Creates file m, whole when there is an image, else with a hole in the image's place.
void DepthFileWriter::lay_out(int m, std::byte const* image) {
  auto const path = part_path(m);
  posix::Descriptor descriptor(::open(path.c_str(), creation_flags(m), 0666));
  if (!descriptor.valid()) {
    throw depth_write_error(path, errno, output_size(template_, depths_));
  }
  file(m).state = State::unpublished;
  auto const depth = std::bit_cast<DepthBytes>(depths_.depth_um(m));
  auto pieces = file_pieces(template_, depth, image);
  if (image != nullptr) {
    write_and_close(descriptor, 0, pieces, path);
    count_bytes(template_.bytes.size());
    return;
  }
  // The image is the one piece without memory; what lies before and what lies after it are written apart. What lies
  // before it goes first, for whoever finds the file of a killed run knows it by its beginning.
  auto const hole = std::find_if(pieces.begin(), pieces.end(), [](iovec const& p) { return p.iov_base == nullptr; });
  std::uint64_t const after = template_.image_offset + hole->iov_len;
  if (int const error_number = write_all(descriptor, 0, {pieces.begin(), hole}); error_number != 0) {
    throw depth_write_error(path, error_number, output_size(template_, depths_));
  }
  if (::ftruncate(descriptor.get(), static_cast<off_t>(template_.bytes.size())) != 0) {
    throw depth_write_error(path, errno, output_size(template_, depths_));
  }
  count_bytes(template_.bytes.size() - hole->iov_len);
  write_and_close(descriptor, after, {hole + 1, pieces.end()}, path);
}

void DepthFileWriter::write_and_close(posix::Descriptor& descriptor, std::uint64_t offset, std::span<iovec> pieces,
                                      std::filesystem::path const& path) const {
  int error_number = write_all(descriptor, offset, pieces);
  if (int const closing = descriptor.close(); error_number == 0) {
    error_number = closing;
  }
  if (error_number != 0) {
    throw depth_write_error(path, error_number, output_size(template_, depths_));
  }
}

void sync_names(std::filesystem::path const& base) { sync_to_disk(folder_of(base)); }

}  // namespace lauebench
