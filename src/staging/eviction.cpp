#include "staging/eviction.hpp"

#include <chrono>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

constexpr int most_evictions = 4;  ///< the first one and three more
/// For pages that somebody else holds at the moment: writeback, another reader.
constexpr std::chrono::milliseconds pause_between_evictions{20};

bool is_evicted(Residency const& residency) { return !residency.fraction || *residency.fraction <= cold_fraction; }

}  // namespace

Residency evict(posix::Descriptor const& file, std::filesystem::path const& path, int& attempts) {
  Residency residency;
  do {
    if (attempts > 0) {
      std::this_thread::sleep_for(pause_between_evictions);
    }
    ++attempts;
    // pages that are not on disk yet cannot be dropped
    posix::sync(file, path);
    if (int const problem = ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED); problem != 0) {
      throw io_error(fmt::format("cannot evict '{}' from the page cache", path.string()), problem,
                     "leave out --cache cold and --read-back");
    }
    residency = residency_of(file);
  } while (!is_evicted(residency) && attempts < most_evictions);
  return residency;
}

}  // namespace lauebench
