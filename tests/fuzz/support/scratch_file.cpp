#include "support/scratch_file.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include <stdlib.h>
#include <unistd.h>

namespace lauebench::fuzz {
namespace {

[[noreturn]] void fail(char const* what) { throw std::system_error(errno, std::generic_category(), what); }

/// In memory where that is a folder.
std::string make_file() {
  std::string name = std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path();
  name += "/laue-bench-fuzz-XXXXXX";
  int const descriptor = ::mkstemp(name.data());
  if (descriptor < 0) {
    fail("mkstemp");
  }
  ::close(descriptor);
  return name;
}

/// The pipe's other end is closed when this process is no more.
void remove_afterwards(std::string const& file) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    fail("pipe");
  }
  pid_t const child = ::fork();
  if (child < 0) {
    fail("fork");
  }
  if (child > 0) {
    ::close(ends[0]);
    return;
  }
  ::close(ends[1]);
  ::setsid();  // Ctrl-C is for the others
  for (char nothing = 0; ::read(ends[0], &nothing, 1) < 0 && errno == EINTR;) {
  }
  ::unlink(file.c_str());
  ::_exit(0);
}

}  // namespace

ScratchFile::ScratchFile() : path_(make_file()) { remove_afterwards(path_.string()); }

}  // namespace lauebench::fuzz
