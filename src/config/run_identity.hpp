#pragma once

#include <string>

#include "config/config.hpp"

namespace lauebench {

/// Everything that changes what one run does, as canonical JSON text: scan, geometry and staging folder as absolute
/// paths and the parameters of the reconstruction. Equal texts mean equal runs. Looks at the current folder, at no
/// file.
[[nodiscard]] std::string run_identity(RunConfig const& config);

}  // namespace lauebench
