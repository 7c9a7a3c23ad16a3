#pragma once

#include <string>

#include "probe/reading.hpp"

namespace lauebench {

/// "13.0" as the driver reports the newest CUDA that it serves; unknown where there is no driver.
[[nodiscard]] Reading<std::string> cuda_driver_version();

}  // namespace lauebench
