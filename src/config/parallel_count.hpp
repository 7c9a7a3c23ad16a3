#pragma once

#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/option_value.hpp"

namespace lauebench {

/// "4" or "4/node", as the command line, the configuration file and messages have it.
[[nodiscard]] std::string to_text(ParallelCount const& parallel);

/// Reconstructions at a time: "1,2,4/node" or [1, 2, "4/node"]; repeated ones are dropped.
struct ParallelCountList {
  using Value = std::vector<ParallelCount>;
  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const;
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const;
  /// A number where it counts the launch's.
  [[nodiscard]] Json to_json(Value const& value) const;
};

}  // namespace lauebench
