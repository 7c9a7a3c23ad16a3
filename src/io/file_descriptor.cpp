#include "io/file_descriptor.hpp"

#include <cerrno>
#include <span>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/error.hpp"

namespace lauebench {

namespace {

bool is_missing(int error_number) {
  return error_number == ENOENT || error_number == ENOTDIR || error_number == ENAMETOOLONG;
}

/// Another path or permission would help.
bool may_not_read(int error_number) { return error_number == EACCES || error_number == EPERM || error_number == ELOOP; }

/// Does nothing where the filesystem cannot reserve. Returns 0 or an errno.
int allocate(posix::Descriptor const& file, int mode, std::uint64_t offset, std::uint64_t bytes) {
  int status = 0;
  do {
    status = ::fallocate(file.get(), mode, static_cast<off_t>(offset), static_cast<off_t>(bytes));
  } while (status != 0 && errno == EINTR);
  bool const cannot = status != 0 && (errno == EOPNOTSUPP || errno == ENOSYS);
  return status == 0 || cannot ? 0 : errno;
}

}  // namespace

posix::Descriptor open_regular_file_for_reading(std::filesystem::path const& file, std::string_view problem) {
  // O_NONBLOCK: a named pipe without a writer would wait for ever; it means nothing for regular files.
  posix::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.valid()) {
    int const error_number = errno;
    if (is_missing(error_number)) {
      throw bad_input(problem, "no such file", "check the path");
    }
    if (may_not_read(error_number)) {
      throw bad_input(problem, std::generic_category().message(error_number), "check that you may read it");
    }
    throw io_error(problem, error_number, "check the filesystem that holds it");
  }
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0) {
    throw io_error(problem, errno, "check that you may read it");
  }
  if (!S_ISREG(status.st_mode)) {
    throw bad_input(problem, S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file", "give a file");
  }
  return opened;
}

std::uint64_t size_of(posix::Descriptor const& file, std::string_view problem) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    throw io_error(problem, errno, "check the filesystem");
  }
  return static_cast<std::uint64_t>(status.st_size);
}

void read_all(posix::Descriptor const& file, std::uint64_t offset, std::span<std::byte> destination,
              std::string_view problem) {
  while (!destination.empty()) {
    ssize_t const got = ::pread(file.get(), destination.data(), destination.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      throw io_error(problem, errno, "check the filesystem that holds it");
    }
    if (got == 0) {
      throw Error(ReturnCode::io_error, problem,
                  fmt::format("the file ends at byte {}, {} bytes too early", offset, destination.size()),
                  "do not change the file while it is read");
    }
    offset += static_cast<std::uint64_t>(got);
    destination = destination.subspan(static_cast<std::size_t>(got));
  }
}

bool is_empty_or_begins_with(std::filesystem::path const& file, std::string_view opening) {
  posix::Descriptor const opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!opened.valid()) {
    return false;
  }
  constexpr std::string_view problem = "its beginning cannot be read";
  std::string beginning(opening.size(), '\0');
  try {
    if (size_of(opened, problem) == 0) {
      return true;
    }
    read_all(opened, 0, std::as_writable_bytes(std::span(beginning)), problem);
  } catch (Error const&) {
    return false;
  }
  return beginning == opening;
}

int write_all(posix::Descriptor const& file, std::uint64_t offset, std::span<iovec> pieces) {
  while (!pieces.empty()) {
    if (pieces.front().iov_len == 0) {
      pieces = pieces.subspan(1);
      continue;
    }
    ssize_t const put =
        ::pwritev(file.get(), pieces.data(), static_cast<int>(pieces.size()), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return put < 0 ? errno : EIO;
    }
    offset += static_cast<std::uint64_t>(put);
    for (auto left = static_cast<std::size_t>(put); left > 0;) {
      auto& piece = pieces.front();
      auto const taken = std::min(left, piece.iov_len);
      piece.iov_base = static_cast<std::byte*>(piece.iov_base) + taken;
      piece.iov_len -= taken;
      left -= taken;
      if (piece.iov_len == 0) {
        pieces = pieces.subspan(1);
      }
    }
  }
  return 0;
}

int reserve(posix::Descriptor const& file, std::uint64_t offset, std::uint64_t bytes) {
  return allocate(file, 0, offset, bytes);
}

int reserve_for_growth(posix::Descriptor const& file, std::uint64_t bytes) {
  return allocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes);
}

std::filesystem::path folder_of(std::filesystem::path const& file) {
  auto const folder = file.parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

void sync_to_disk(std::filesystem::path const& path) {
  auto const problem = fmt::format("cannot sync '{}' to disk", path.string());
  posix::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) {
    throw io_error(problem, errno, "check the output folder");
  }
  if (::fsync(file.get()) != 0) {
    throw io_error(problem, errno, "check the output folder's filesystem");
  }
  if (int const error_number = file.close(); error_number != 0) {
    throw io_error(problem, error_number, "check the output folder's filesystem");
  }
}

}  // namespace lauebench
