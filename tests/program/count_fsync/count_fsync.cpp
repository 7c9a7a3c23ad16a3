/// Preloaded by a test: appends the path of every file that is synced to the file FSYNC_LOG, one per line.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <dlfcn.h>

namespace {

void note(int file) {
  std::error_code ignored;
  auto const path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), ignored);
  if (char const* const log = std::getenv("FSYNC_LOG"); log != nullptr) {
    // a line that is lost is missing from what the test expects; a whole one is one write
    std::ofstream(log, std::ios::app) << path.string() + "\n";
  }
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
