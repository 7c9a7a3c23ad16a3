#pragma once

#include <vector>

#include "config/config.hpp"

namespace lauebench {

/// The scans that `config` asks for, of which each is the only one of its own configuration: `output` alone, or from
/// count 2 on `<stem>-0<extension>`, `<stem>-1<extension>`, ... with the seeds seed, seed + 1, ... Throws Error
/// (bad_input) when one of them may not be written (check_scan_target), so that none is.
[[nodiscard]] std::vector<GenerateConfig> plan_scan_series(GenerateConfig const& config);

}  // namespace lauebench
