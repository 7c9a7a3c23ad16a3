#include "io/hdf5_version.hpp"

#include <H5public.h>
#include <fmt/format.h>

namespace lauebench {

Hdf5Version hdf5_version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
#ifdef H5_HAVE_PARALLEL
  constexpr auto build = Hdf5Build::parallel;
#else
  constexpr auto build = Hdf5Build::serial;
#endif
  return {fmt::format("{}.{}.{}", major, minor, release), build};
}

}  // namespace lauebench
