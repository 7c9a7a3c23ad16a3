#include "staging/delete_files.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <mutex>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>

#include "cluster/binding.hpp"
#include "cluster/helper_threads.hpp"

namespace lauebench {
namespace {

/// More bring nothing: filesystems let one at a time change a folder.
constexpr std::size_t most_threads = 8;
/// Fewer files are not worth a thread's start.
constexpr std::size_t files_per_thread = 16;

/// Takes files from a list, in any number of threads, until it is done or one cannot be deleted.
class Deletion {
 public:
  Deletion(int folder, std::vector<std::string> const& names) : folder_(folder), names_(names) {}

  void work() {
    for (std::size_t i = next_++; i < names_.size(); i = next_++) {
      if (::unlinkat(folder_, names_[i].c_str(), 0) != 0) {
        stop_at({i, errno});
      }
    }
  }

  struct Failure {
    std::size_t file;
    int error_number;
  };

  [[nodiscard]] std::optional<Failure> const& failure() const { return failure_; }

 private:
  void stop_at(Failure failure) {
    std::scoped_lock const lock(mutex_);
    if (!failure_) {
      failure_ = failure;
    }
    next_ = names_.size();
  }

  int folder_;
  std::vector<std::string> const& names_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::optional<Failure> failure_;
};

}  // namespace

void delete_files(posix::Descriptor const& folder, std::vector<std::string> const& names,
                  std::filesystem::path const& path) {
  Deletion deletion(folder.get(), names);
  std::size_t const threads = std::min({most_threads, current_affinity().size(), names.size() / files_per_thread});
  work_with_helpers(threads, [&deletion](std::size_t /*thread*/) { deletion.work(); });
  if (auto const& failure = deletion.failure()) {
    throw posix::system_error(fmt::format("cannot delete '{}'", (path / names[failure->file]).string()),
                              failure->error_number, "check who else uses the staging folder");
  }
}

}  // namespace lauebench
