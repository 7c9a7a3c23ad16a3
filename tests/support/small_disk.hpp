#pragma once

#include <csignal>
#include <filesystem>
#include <utility>

#include <sys/mount.h>
#include <sys/resource.h>

namespace lauebench::test {

/// Limits the size of files that this process writes; a limit that is hit is an error, not a signal.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(FileSizeLimit const&) = delete;
  FileSizeLimit& operator=(FileSizeLimit const&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

/// A filesystem of 1 MiB, where this process may mount one.
class SmallFilesystem {
 public:
  explicit SmallFilesystem(std::filesystem::path folder) : folder_(std::move(folder)) {
    mounted_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  ~SmallFilesystem() {
    if (mounted_) {
      umount(folder_.c_str());
    }
  }
  SmallFilesystem(SmallFilesystem const&) = delete;
  SmallFilesystem& operator=(SmallFilesystem const&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  std::filesystem::path folder_;
  bool mounted_ = false;
};

}  // namespace lauebench::test
