#include "config/normal_path.hpp"

#include <system_error>

namespace lauebench {

namespace fs = std::filesystem;

fs::path normal_path(fs::path const& path) {
  auto normal = fs::absolute(path).lexically_normal();
  // "dir/" and "dir" are the same folder
  return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

fs::path real_path(fs::path const& path) {
  std::error_code problem;
  fs::path const real = fs::weakly_canonical(fs::absolute(path), problem);
  return normal_path(problem ? path : real);
}

}  // namespace lauebench
