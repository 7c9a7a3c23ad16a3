// Takes something from each end of the library: a room that needs HDF5, the loader, and what was generated at build
// time.

#include <cstdio>

#include "config/error.hpp"
#include "io/scan_reader.hpp"
#include "kokkos_kernels/backend_loader.hpp"
#include "probe/build_info.hpp"

int main() {
  try {
    lauebench::ScanReader const reader("/nonexistent/scan.h5");
    return 1;
  } catch (lauebench::Error const& error) {
    std::printf("%s\n", error.what());
  }
  if (lauebench::kernels::module_folders().empty()) {
    return 1;
  }
  std::printf("%s\n", lauebench::build_info().version.c_str());
  return 0;
}
