/// Preloaded by a test: appends the path of every file that is synced to the file FSYNC_LOG, one per line.
#include <array>
#include <cstdlib>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

void note(int file) {
  std::array<char, 4096> path{};
  ssize_t const length = ::readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path.data(), path.size() - 1);
  char const* const log = std::getenv("FSYNC_LOG");
  if (length <= 0 || log == nullptr) {
    return;
  }
  std::string const line = std::string(path.data()) + "\n";
  int const descriptor = ::open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  // a line that is lost is missing from what the test expects
  static_cast<void>(::write(descriptor, line.data(), line.size()) >= 0);
  ::close(descriptor);
}

int call_next(char const* name, int file) {
  note(file);
  using Synchronise = int (*)(int);
  return reinterpret_cast<Synchronise>(dlsym(RTLD_NEXT, name))(file);
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" int fsync(int file) { return call_next("fsync", file); }
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's header gives reserved names
extern "C" int fdatasync(int file) { return call_next("fdatasync", file); }
