#include "io/depth_files.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/error.hpp"
#include "io/depth_claim.hpp"
#include "io/depth_rows_hdf5.hpp"
#include "io/file_descriptor.hpp"
#include "io/free_space.hpp"

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

bool is_out_of_space(int error_number) {
  return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

}  // namespace

std::string_view write_path(IoPath asked) { return asked == IoPath::hdf5 ? "hdf5" : "pwrite"; }

std::uint64_t output_bytes(DepthFileTemplate const& file_template, DepthGrid const& depths) {
  return static_cast<std::uint64_t>(depths.count) * file_template.bytes.size();
}

class DepthFileWriter::Implementation {
 public:
  Implementation(std::filesystem::path base, DepthGrid const& depths, DepthFileTemplate file_template, IoPath io_path)
      : base_(std::move(base)),
        depths_(depths),
        template_(std::move(file_template)),
        io_path_(io_path),
        files_(static_cast<std::size_t>(depths.count)) {
    auto const folder = folder_of(base_);
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
      throw bad_input(fmt::format("cannot write depth files '{}0.h5'", base_.string()),
                      fmt::format("'{}' is no folder", folder.string()), "make it, or choose another output");
    }
    require_space(folder);
    refuse_to_replace_scan();
    claim_.emplace(base_, depths_.count);
  }

  /// The claim removes part 0 after all others: as long as it is there, the others are ours.
  ~Implementation() {
    for (int m = 1; m < depths_.count; ++m) {
      if (file(m).state == State::unpublished) {
        ::unlink(part_path(m).c_str());
      }
    }
  }

  Implementation(Implementation const&) = delete;
  Implementation& operator=(Implementation const&) = delete;

  void write_rows(int first_row, int rows, std::span<std::byte const> images, Cancellation const& cancellation) {
    std::uint64_t const part = image_row_bytes(template_) * static_cast<std::uint64_t>(std::max(rows, 0));
    if (first_row < 0 || rows < 1 || rows > template_.rows - first_row ||
        images.size() != part * static_cast<std::uint64_t>(depths_.count)) {
      throw std::invalid_argument("DepthFileWriter: rows outside the image, or images of another size");
    }
    for (int m = 0; m < depths_.count; ++m) {
      cancellation.throw_if_due();
      write_part(m, first_row, rows, images.subspan(static_cast<std::size_t>(m) * part, part));
    }
    rows_written_ += rows;
  }

  void sync(Sync policy, Cancellation const& cancellation) {
    for (int m = 0; policy == Sync::fsync && m < depths_.count; ++m) {
      cancellation.throw_if_due();
      if (file(m).state == State::unpublished) {
        sync_to_disk(part_path(m));
      }
    }
  }

  void publish() {
    if (rows_written_ != template_.rows) {
      throw Error(ReturnCode::reconstruction_error,
                  fmt::format("depth files '{}0.h5' ... are not complete", base_.string()),
                  fmt::format("{} of {} rows were written", rows_written_.load(), template_.rows), "report this");
    }
    // Part 0 keeps other reconstructions out, so it goes last.
    for (int m = depths_.count - 1; m >= 0; --m) {
      if (::rename(part_path(m).c_str(), final_path(m).c_str()) != 0) {
        throw io_error(fmt::format("cannot rename '{}' to '{}'", part_path(m), final_path(m)), errno,
                       "check the output folder");
      }
      file(m).state = State::published;
    }
    // Whoever reads file 0 may want to lock it.
    claim_.reset();
  }

  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  enum class State : std::uint8_t { absent, unpublished, published };

  struct File {
    std::once_flag laid_out;
    std::atomic<State> state = State::absent;
  };

  [[nodiscard]] File& file(int m) { return files_[static_cast<std::size_t>(m)]; }
  [[nodiscard]] std::string final_path(int m) const { return depth_file_path(base_, m).string(); }
  [[nodiscard]] std::string part_path(int m) const { return part_of(depth_file_path(base_, m)).string(); }

  /// Follows links: what counts is the file that would be lost.
  void refuse_to_replace_scan() const {
    struct stat scan {};
    if (template_.scan.empty() || ::stat(template_.scan.c_str(), &scan) != 0) {
      return;
    }
    for (int m = 0; m < depths_.count; ++m) {
      for (auto const& path : {final_path(m), part_path(m)}) {
        struct stat there {};
        if (::stat(path.c_str(), &there) == 0 && there.st_dev == scan.st_dev && there.st_ino == scan.st_ino) {
          throw bad_input(fmt::format("cannot write depth file '{}'", path), "it is the scan itself",
                          "choose another output");
        }
      }
    }
  }

  void require_space(std::filesystem::path const& folder) const {
    auto const space = free_space(folder);
    auto const count = static_cast<std::uint64_t>(depths_.count);
    auto const blocks = (template_.bytes.size() + space.block_bytes - 1) / space.block_bytes;
    std::uint64_t const needed = count * blocks * space.block_bytes;
    auto const problem = fmt::format("no room for {} depth files in '{}'", count, folder.string());
    if (needed > space.bytes) {
      throw Error(ReturnCode::bad_input, problem, fmt::format("{} bytes needed, {} free", needed, space.bytes),
                  "free space, choose another output, or ask for fewer depths");
    }
    if (space.counts_files && count > space.files) {
      throw Error(ReturnCode::bad_input, problem, fmt::format("{} files (inodes) needed, {} free", count, space.files),
                  "remove files, choose another output, or ask for fewer depths");
    }
  }

  [[nodiscard]] Error write_error(std::string const& path, int error_number) const {
    auto const problem = fmt::format("cannot write depth file '{}'", path);
    if (!is_out_of_space(error_number)) {
      return io_error(problem, error_number, "check the output folder");
    }
    return {ReturnCode::io_error, problem,
            fmt::format("{}; all depth files need {} bytes, {} are free", std::generic_category().message(error_number),
                        output_bytes(template_, depths_), free_bytes_text(folder_of(base_))),
            "free space or raise the limit, choose another output, or ask for fewer depths"};
  }

  void write_part(int m, int first_row, int rows, std::span<std::byte const> image_rows) {
    bool const at_once = rows == template_.rows && io_path_ != IoPath::hdf5;
    std::call_once(file(m).laid_out, [&] { lay_out(m, at_once ? image_rows.data() : nullptr); });
    if (at_once) {
      return;
    }
    auto const path = part_path(m);
    if (io_path_ == IoPath::hdf5) {
      write_rows_by_hdf5(path, {template_.element_type, first_row, rows, template_.columns, image_rows},
                         fmt::format("cannot write depth file '{}'", path));
    } else {
      write_rows_by_call(path, first_row, image_rows);
    }
    bytes_written_ += image_rows.size();
  }

  void write_rows_by_call(std::string const& path, int first_row, std::span<std::byte const> image_rows) const {
    posix::Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!descriptor.valid()) {
      throw write_error(path, errno);
    }
    std::array pieces{piece(image_rows.data(), image_rows.size())};
    write_and_close(descriptor,
                    template_.image_offset + static_cast<std::uint64_t>(first_row) * image_row_bytes(template_), pieces,
                    path);
  }

  /// Creates file m, whole when there is an image, else with a hole in the image's place.
  void lay_out(int m, std::byte const* image) {
    auto const path = part_path(m);
    posix::Descriptor descriptor(::open(path.c_str(), creation_flags(m), 0666));
    if (!descriptor.valid()) {
      throw write_error(path, errno);
    }
    file(m).state = State::unpublished;
    auto const depth = std::bit_cast<DepthBytes>(depths_.depth_um(m));
    auto pieces = file_pieces(template_, depth, image);
    if (image != nullptr) {
      write_and_close(descriptor, 0, pieces, path);
      bytes_written_ += template_.bytes.size();
      return;
    }
    // The image is the one piece without memory; what lies before and what lies after it are written apart. What lies
    // before it goes first, for whoever finds the file of a killed run knows it by its beginning.
    auto const hole = std::find_if(pieces.begin(), pieces.end(), [](iovec const& p) { return p.iov_base == nullptr; });
    std::uint64_t const after = template_.image_offset + hole->iov_len;
    if (int const error_number = write_all(descriptor, 0, {pieces.begin(), hole}); error_number != 0) {
      throw write_error(path, error_number);
    }
    if (::ftruncate(descriptor.get(), static_cast<off_t>(template_.bytes.size())) != 0) {
      throw write_error(path, errno);
    }
    bytes_written_ += template_.bytes.size() - hole->iov_len;
    write_and_close(descriptor, after, {hole + 1, pieces.end()}, path);
  }

  /// The claim has made part 0 and removed all others.
  static int creation_flags(int m) {
    constexpr int existing = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    return m == 0 ? existing : existing | O_CREAT | O_EXCL;
  }

  void write_and_close(posix::Descriptor& descriptor, std::uint64_t offset, std::span<iovec> pieces,
                       std::string const& path) const {
    int error_number = write_all(descriptor, offset, pieces);
    if (int const closing = descriptor.close(); error_number == 0) {
      error_number = closing;
    }
    if (error_number != 0) {
      throw write_error(path, error_number);
    }
  }

  std::filesystem::path base_;
  DepthGrid depths_;
  DepthFileTemplate template_;
  IoPath io_path_;
  std::vector<File> files_;
  std::optional<DepthClaim> claim_;
  std::atomic<int> rows_written_ = 0;
  std::atomic<std::uint64_t> bytes_written_ = 0;
};

DepthFileWriter::DepthFileWriter(std::filesystem::path base, DepthGrid const& depths, DepthFileTemplate file_template,
                                 IoPath io_path)
    : implementation_(std::make_unique<Implementation>(std::move(base), depths, std::move(file_template), io_path)) {}

DepthFileWriter::~DepthFileWriter() = default;

void DepthFileWriter::write_rows(int first_row, int rows, std::span<std::byte const> images,
                                 Cancellation const& cancellation) {
  implementation_->write_rows(first_row, rows, images, cancellation);
}

void DepthFileWriter::sync(Sync policy, Cancellation const& cancellation) {
  implementation_->sync(policy, cancellation);
}

void DepthFileWriter::publish() { implementation_->publish(); }

std::uint64_t DepthFileWriter::bytes_written() const { return implementation_->bytes_written(); }

void sync_names(std::filesystem::path const& base) { sync_to_disk(folder_of(base)); }

}  // namespace lauebench
