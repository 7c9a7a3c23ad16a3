#include "staging/replica_copy.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "staging/content_digest.hpp"
#include "staging/own_names.hpp"
#include "staging/read_through.hpp"

namespace lauebench {
namespace {

/// A new file that disappears again unless it gets its final name.
class TemporaryFile {
 public:
  explicit TemporaryFile(ReplicaTarget const& target)
      : target_(target),
        name_(temporary_name(target.name)),
        problem_(fmt::format("cannot copy to '{}'", target.path.string())) {
    file_ = posix::Descriptor(
        ::openat(target.folder.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file_.valid()) {
      throw posix::system_error(problem_, errno, "check the staging folder's permissions");
    }
  }
  ~TemporaryFile() {
    if (file_.valid()) {
      ::unlinkat(target_.folder.get(), name_.c_str(), 0);
    }
  }
  TemporaryFile(TemporaryFile const&) = delete;
  TemporaryFile& operator=(TemporaryFile const&) = delete;

  void reserve(std::uint64_t bytes) const {
    // fallocate(2) itself: where the filesystem cannot, glibc's posix_fallocate would write every block
    if (bytes == 0 || ::fallocate(file_.get(), 0, 0, static_cast<off_t>(bytes)) == 0) {
      return;
    }
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) {
      throw io_error(fmt::format("{}: {} bytes needed", problem_, bytes), errno,
                     "make room, or choose another --staging-dir");
    }
  }

  void share_blocks(posix::Descriptor const& source) const {
    if (::ioctl(file_.get(), FICLONE, source.get()) != 0) {
      throw bad_input(fmt::format("'{}' cannot share the scan's blocks", target_.path.string()),
                      std::generic_category().message(errno),
                      "leave out --reflink, or stage on the scan's own filesystem where that is btrfs or xfs");
    }
  }

  void write(std::span<std::byte const> bytes) const { check(posix::write_all(file_, bytes)); }

  /// Returns the state under the final name.
  FileState finish() {
    check(::fsync(file_.get()) == 0 ? 0 : errno);
    take_final_name();
    auto const state = state_of(posix::look_at(file_, target_.name));
    posix::Descriptor done = std::move(file_);
    check(done.close());
    return state;
  }

 private:
  void take_final_name() const {
    int const problem = target_.occupant == Occupant::unexpected ? rename_to_free_name() : rename();
    if (problem == EEXIST) {
      throw bad_input(problem_, "a file of that name was made while it was copied", "move it away and start again");
    }
    check(problem);
  }

  /// 0 or an errno, as the next.
  [[nodiscard]] int rename() const {
    int const folder = target_.folder.get();
    return ::renameat(folder, name_.c_str(), folder, target_.name.c_str()) == 0 ? 0 : errno;
  }

  [[nodiscard]] int rename_to_free_name() const {
    int const folder = target_.folder.get();
    if (::renameat2(folder, name_.c_str(), folder, target_.name.c_str(), RENAME_NOREPLACE) == 0) {
      return 0;
    }
    if (errno != EINVAL) {
      return errno;
    }
    // the filesystem cannot; between the two calls a file may still be made
    return posix::look_at(target_.folder, target_.name, target_.path) ? EEXIST : rename();
  }

  void check(int error_number) const {
    if (error_number != 0) {
      throw posix::system_error(problem_, error_number, "check the staging folder's filesystem and its free space");
    }
  }

  ReplicaTarget const& target_;
  std::string name_;
  std::string problem_;
  posix::Descriptor file_;
};

}  // namespace

Copied copy_replica(posix::Descriptor const& source, std::filesystem::path const& source_path,
                    ReplicaTarget const& target, Cancellation const& cancellation) {
  auto const before = state_of(posix::look_at(source, source_path));
  TemporaryFile copy(target);
  bool const writes = target.blocks == ReplicaBlocks::own;
  if (writes) {
    copy.reserve(before.bytes);
  } else {
    copy.share_blocks(source);
  }
  ContentDigest digest;
  std::uint64_t const bytes =
      read_through(source, source_path, cancellation, [&digest, &copy, writes](std::span<std::byte const> piece) {
        digest.add(piece);
        if (writes) {
          copy.write(piece);
        }
      });
  if (bytes != before.bytes || state_of(posix::look_at(source, source_path)) != before) {
    throw bad_input(fmt::format("scan '{}' cannot be staged", source_path.string()), "it changed while it was copied",
                    "start again when nothing writes to it");
  }
  Copied copied{copy.finish(), digest.hex()};
  posix::sync(target.folder, target.path.parent_path());
  return copied;
}

}  // namespace lauebench
