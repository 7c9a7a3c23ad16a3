#include "probe/library_versions.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace lauebench {

Reading<std::string> cuda_driver_version() {
  void* const library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Unknown{::dlerror()};
  }
  // the driver stays loaded: unloading it while the CUDA module is in use would be fatal
  using DriverGetVersion = int (*)(int*);
  auto const get_version = reinterpret_cast<DriverGetVersion>(::dlsym(library, "cuDriverGetVersion"));
  int version = 0;
  if (get_version == nullptr || get_version(&version) != 0) {
    return Unknown{"libcuda.so.1 does not tell its version"};
  }
  constexpr int per_major = 1000;  // CUDA counts 1000 * major + 10 * minor
  constexpr int per_minor = 10;
  return fmt::format("{}.{}", version / per_major, version % per_major / per_minor);
}

}  // namespace lauebench
