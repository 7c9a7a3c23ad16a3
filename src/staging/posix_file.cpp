#include "staging/posix_file.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace lauebench::posix {
namespace {

bool user_can_mend(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case EEXIST:
    case ENAMETOOLONG:
      return true;
    default:
      return false;
  }
}

/// `read` makes the system call.
template <class Read>
std::size_t read_uninterrupted(Read const& read, std::filesystem::path const& path) {
  for (;;) {
    ssize_t const got = read();
    if (got >= 0) {
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) {
      throw system_error(fmt::format("cannot read '{}'", path.string()), errno, "check the filesystem that holds it");
    }
  }
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

int Descriptor::close() noexcept {
  if (descriptor_ < 0) {
    return 0;
  }
  // Never repeated after EINTR: on Linux the descriptor is gone by then.
  return ::close(std::exchange(descriptor_, -1)) == 0 || errno == EINTR ? 0 : errno;
}

Error system_error(std::string_view problem, int error_number, std::string_view what_to_do) {
  return user_can_mend(error_number) ? bad_input(problem, std::generic_category().message(error_number), what_to_do)
                                     : io_error(problem, error_number, what_to_do);
}

Descriptor open_folder(std::filesystem::path const& folder) {
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid()) {
    throw system_error(fmt::format("cannot open folder '{}'", folder.string()), errno,
                       "check the path and its permissions");
  }
  return opened;
}

Descriptor open_folder_at(Descriptor const& parent, std::string const& name, std::filesystem::path const& path) {
  auto const status = look_at(parent, name, path);
  if (status && S_ISLNK(status->st_mode)) {
    throw bad_input(fmt::format("'{}' cannot be used as a folder", path.string()), "it is a symbolic link",
                    "replace it by a real folder, or choose another --staging-dir");
  }
  Descriptor opened(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened.valid()) {
    throw system_error(fmt::format("cannot open folder '{}'", path.string()), errno,
                       "check what it is and its permissions");
  }
  return opened;
}

Descriptor open_own_folder_at(Descriptor const& parent, std::string const& name, std::filesystem::path const& path) {
  Descriptor folder = open_folder_at(parent, name, path);
  if (!is_ours(look_at(folder, path))) {
    throw bad_input(fmt::format("cannot use folder '{}'", path.string()), "it belongs to another user",
                    "choose another --staging-dir");
  }
  return folder;
}

std::optional<struct stat> look_at(Descriptor const& folder, std::string const& name,
                                   std::filesystem::path const& path) {
  struct stat status {};
  if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
    return status;
  }
  if (errno == ENOENT) {
    return std::nullopt;
  }
  throw system_error(fmt::format("cannot look at '{}'", path.string()), errno, "check the folder's permissions");
}

struct stat look_at(Descriptor const& file, std::filesystem::path const& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    throw io_error(fmt::format("cannot look at '{}'", path.string()), errno, "check the filesystem that holds it");
  }
  return status;
}

std::vector<std::string> list(Descriptor const& folder, std::filesystem::path const& path) {
  auto const problem = fmt::format("cannot list folder '{}'", path.string());
  // of its own, as reading moves the position that duplicates share
  Descriptor own(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::unique_ptr<DIR, CloseFolder> const stream(own.valid() ? ::fdopendir(own.get()) : nullptr);
  if (!stream) {
    throw system_error(problem, errno, "check its permissions");
  }
  own.release();  // the stream closes it
  std::vector<std::string> names;
  errno = 0;
  while (dirent const* const entry = ::readdir(stream.get())) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
    std::string name(entry->d_name);
    if (name != "." && name != "..") {
      names.push_back(std::move(name));
    }
  }
  if (errno != 0) {
    throw io_error(problem, errno, "check the filesystem that holds it");
  }
  std::sort(names.begin(), names.end());
  return names;
}

int write_all(Descriptor const& file, std::span<std::byte const> bytes) {
  while (!bytes.empty()) {
    ssize_t const put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return put < 0 ? errno : EIO;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return 0;
}

std::size_t read_some(Descriptor const& file, std::span<std::byte> buffer, std::filesystem::path const& path) {
  return read_uninterrupted([&] { return ::read(file.get(), buffer.data(), buffer.size()); }, path);
}

std::size_t read_some(Descriptor const& file, std::span<std::byte> buffer, std::uint64_t offset,
                      std::filesystem::path const& path) {
  return read_uninterrupted(
      [&] { return ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset)); }, path);
}

std::string read_text(Descriptor const& file, std::size_t most_bytes, std::filesystem::path const& path) {
  std::string text(most_bytes, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    auto const got = read_some(file, std::as_writable_bytes(std::span(text)).subspan(length), path);
    if (got == 0) {
      break;
    }
    length += got;
  }
  text.resize(length);
  return text;
}

void sync(Descriptor const& file, std::filesystem::path const& path) {
  if (::fsync(file.get()) != 0) {
    throw io_error(fmt::format("cannot sync '{}' to disk", path.string()), errno, "check the filesystem that holds it");
  }
}

void create_file(Descriptor const& folder, std::string const& name, std::string_view text,
                 std::filesystem::path const& path) {
  auto const problem = fmt::format("cannot write '{}'", path.string());
  Descriptor file(::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file.valid()) {
    throw system_error(problem, errno, "check the folder's permissions and free space");
  }
  int status = write_all(file, std::as_bytes(std::span(text)));
  if (status == 0 && ::fsync(file.get()) != 0) {
    status = errno;
  }
  if (int const closing = file.close(); status == 0) {
    status = closing;
  }
  if (status != 0) {
    ::unlinkat(folder.get(), name.c_str(), 0);
    throw system_error(problem, status, "make room, or choose another --staging-dir");
  }
}

void remove(Descriptor const& folder, std::string const& name, Kind kind, std::filesystem::path const& path) {
  if (::unlinkat(folder.get(), name.c_str(), kind == Kind::folder ? AT_REMOVEDIR : 0) != 0) {
    throw system_error(fmt::format("cannot delete '{}'", path.string()), errno,
                       "check who else uses the staging folder");
  }
}

bool is_ours(struct stat const& status) { return status.st_uid == ::geteuid(); }

bool is_own_file(struct stat const& status) { return S_ISREG(status.st_mode) && is_ours(status); }

std::uint64_t bytes_on_disk(struct stat const& status) {
  constexpr std::uint64_t bytes_per_stat_block = 512;
  return static_cast<std::uint64_t>(status.st_blocks) * bytes_per_stat_block;
}

}  // namespace lauebench::posix
