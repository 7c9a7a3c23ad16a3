#include "config/normal_path.hpp"

#include <system_error>

#include "config/error.hpp"

namespace lauebench {

namespace fs = std::filesystem;

fs::path absolute_path(fs::path const& path) {
  std::error_code problem;
  fs::path absolute = fs::absolute(path, problem);
  if (problem) {
    // a relative name means nothing in a folder that was removed
    throw bad_input("the working folder cannot be used", problem.message(), "change into a folder that exists");
  }
  return absolute;
}

fs::path normal_path(fs::path const& path) {
  auto normal = absolute_path(path).lexically_normal();
  // "dir/" and "dir" are the same folder
  return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

fs::path real_path(fs::path const& path) {
  std::error_code problem;
  fs::path const real = fs::weakly_canonical(absolute_path(path), problem);
  return normal_path(problem ? path : real);
}

}  // namespace lauebench
