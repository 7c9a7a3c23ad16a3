#include "probe/sequential_io.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cluster/monotonic_clock.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {
namespace {

constexpr std::size_t block_bytes = std::size_t{4} << 20U;
constexpr std::size_t page_bytes = 4096;

/// Filesystems that compress find nothing to save in it.
std::vector<std::byte> random_block() {
  std::mt19937_64 bits(static_cast<std::uint64_t>(::getpid()));
  std::vector<std::byte> block(block_bytes);
  for (std::size_t i = 0; i < block.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t const word = bits();
    std::memcpy(&block[i], &word, sizeof word);
  }
  return block;
}

/// Those that store equal pages once find none: each says where in the file it stands.
void stamp_pages(std::span<std::byte> block, std::uint64_t offset) {
  for (std::size_t i = 0; i + sizeof offset <= block.size(); i += page_bytes) {
    std::uint64_t const place = offset + i;
    std::memcpy(&block[i], &place, sizeof place);
  }
}

/// A file that is gone when this is.
class PassingFile {
 public:
  explicit PassingFile(std::filesystem::path const& path)
      : path_(path),
        file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644)),
        was_made_(file_.valid()) {
    require(was_made_ ? 0 : errno);
  }
  ~PassingFile() {
    if (was_made_) {
      ::unlink(path_.c_str());
    }
  }
  PassingFile(PassingFile const&) = delete;
  PassingFile& operator=(PassingFile const&) = delete;

  void write(std::span<std::byte const> bytes) { require(posix::write_all(file_, bytes)); }

  void finish(Sync sync) {
    if (sync == Sync::fsync) {
      posix::sync(file_, path_);
    }
    require(file_.close());
  }

 private:
  void require(int error_number) const {
    if (error_number != 0) {
      throw io_error(fmt::format("cannot write '{}'", path_.string()), error_number,
                     "make room, or choose another --staging-dir");
    }
  }

  std::filesystem::path const& path_;
  posix::Descriptor file_;
  bool was_made_;
};

}  // namespace

TimedBytes read_sequentially(std::filesystem::path const& file, Cancellation const& cancellation) {
  std::vector<std::byte> block(block_bytes);
  TimedBytes done;
  double const start_s = monotonic_s();
  auto opened = open_regular_file_for_reading(file, fmt::format("cannot read '{}'", file.string()));
  for (std::size_t got = 1; got > 0; done.bytes += got) {
    cancellation.throw_if_due();
    got = posix::read_some(opened, block, file);
  }
  opened.close();
  done.seconds = monotonic_s() - start_s;
  return done;
}

TimedBytes write_sequentially(std::filesystem::path const& file, FileSizes const& sizes, Sync sync,
                              Cancellation const& cancellation) {
  std::vector<std::byte> block = random_block();
  TimedBytes done;
  for (std::uint64_t number = 1; number <= sizes.files; ++number) {
    std::uint64_t const end = number == sizes.files ? sizes.bytes : sizes.bytes / sizes.files * number;
    double const start_s = monotonic_s();
    PassingFile written(file);
    while (done.bytes < end) {
      cancellation.throw_if_due();
      auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), end - done.bytes));
      std::span<std::byte> const part(block.data(), size);
      stamp_pages(part, done.bytes);
      written.write(part);
      done.bytes += size;
    }
    written.finish(sync);
    if (number == sizes.files && sync == Sync::fsync) {
      sync_to_disk(folder_of(file));
    }
    done.seconds += monotonic_s() - start_s;
  }
  return done;
}

}  // namespace lauebench
