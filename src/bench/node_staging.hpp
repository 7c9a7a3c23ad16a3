#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "staging/replicas.hpp"

namespace lauebench {

/// What the lowest rank of a node tells rank 0 of the node's own staging folder.
struct NodeStaging {
  std::string filesystem_type;
  std::vector<Replica> replicas;      ///< one at least
  std::optional<double> copy_wall_s;  ///< as StagedTarget has it
};

/// As text, the form in which it travels.
[[nodiscard]] std::string to_message(StagedTarget const& target);

/// The inverse. Throws std::runtime_error for a text that is none.
[[nodiscard]] NodeStaging node_staging_from_message(std::string_view message);

}  // namespace lauebench
