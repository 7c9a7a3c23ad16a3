#pragma once

#include <string>

namespace lauebench {

/// What this program was built from and with.
struct BuildInfo {
  std::string version;  ///< "0.1.0"
  std::string git_sha;  ///< 40 hexadecimal digits; empty when it was not built in a git checkout
  bool git_dirty = false;
  std::string build_type;
  std::string compiler;                ///< "GNU 12.2.0"
  std::string flags;                   ///< of the program's host code
  std::string results_schema_version;  ///< "1.1.0", from configs/schema/results.schema.json
};

[[nodiscard]] BuildInfo const& build_info();

}  // namespace lauebench
