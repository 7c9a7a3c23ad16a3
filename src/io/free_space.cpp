#include "io/free_space.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <sys/statvfs.h>

#include "config/error.hpp"

namespace lauebench {

FreeSpace free_space(std::filesystem::path const& folder) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) {
    throw io_error(fmt::format("cannot ask for the free space of '{}'", folder.string()), errno, "check the folder");
  }
  return {status.f_bavail * status.f_frsize, std::max<std::uint64_t>(1, status.f_frsize), status.f_files > 0,
          status.f_favail};
}

std::string free_bytes_text(std::filesystem::path const& folder) {
  try {
    return std::to_string(free_space(folder).bytes);
  } catch (Error const&) {
    return "unknown";
  }
}

}  // namespace lauebench
