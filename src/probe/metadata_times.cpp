#include "probe/metadata_times.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/monotonic_clock.hpp"
#include "config/error.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {
namespace {

void require(int error_number, char const* what, std::string const& path) {
  if (error_number != 0) {
    throw io_error(fmt::format("cannot {} '{}'", what, path), error_number,
                   "make room, or choose another --staging-dir");
  }
}

void open_and_close(std::string const& path, int flags, char const* what) {
  posix::Descriptor file(::open(path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0644));
  require(file.valid() ? 0 : errno, what, path);
  require(file.close(), what, path);
}

/// Files that are gone when this is.
class PassingFiles {
 public:
  explicit PassingFiles(std::filesystem::path const& folder) : folder_(folder) {}
  ~PassingFiles() {
    for (std::string const& path : paths_) {
      ::unlink(path.c_str());
    }
  }
  PassingFiles(PassingFiles const&) = delete;
  PassingFiles& operator=(PassingFiles const&) = delete;

  void create_next() {
    std::string path = folder_ / fmt::format("out{}.h5", paths_.size());
    open_and_close(path, O_WRONLY | O_CREAT | O_EXCL, "make");
    paths_.push_back(std::move(path));
  }

  [[nodiscard]] std::vector<std::string> const& paths() const { return paths_; }

 private:
  std::filesystem::path const& folder_;
  std::vector<std::string> paths_;
};

template <class Action>
double seconds_of(Action const& action) {
  double const start_s = monotonic_s();
  action();
  return monotonic_s() - start_s;
}

}  // namespace

MetadataTimes time_metadata(std::filesystem::path const& folder, std::uint64_t files,
                            Cancellation const& cancellation) {
  PassingFiles made(folder);
  MetadataTimes times;
  times.create_s = seconds_of([&] {
    for (std::uint64_t number = 0; number < files; ++number) {
      cancellation.throw_if_due();
      made.create_next();
    }
  });
  auto const with_each = [&made, &cancellation](auto const& action) {
    return seconds_of([&] {
      for (std::string const& path : made.paths()) {
        cancellation.throw_if_due();
        action(path);
      }
    });
  };
  times.stat_s = with_each([](std::string const& path) {
    struct stat status {};
    require(::stat(path.c_str(), &status) == 0 ? 0 : errno, "look at", path);
  });
  times.open_s = with_each([](std::string const& path) { open_and_close(path, O_RDONLY, "open"); });
  return times;
}

}  // namespace lauebench
