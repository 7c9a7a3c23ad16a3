#pragma once

#include <string>

#include "probe/reading.hpp"

namespace lauebench {

struct Hdf5Version {
  std::string version;    ///< of the library in use, "1.10.8"
  bool parallel = false;  ///< built with MPI
};

[[nodiscard]] Hdf5Version hdf5_version();

/// "13.0" as the driver reports the newest CUDA that it serves; unknown where there is no driver.
[[nodiscard]] Reading<std::string> cuda_driver_version();

}  // namespace lauebench
