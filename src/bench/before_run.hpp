#pragma once

#include <string>
#include <vector>

#include "bench/shell_command.hpp"
#include "cluster/communicator.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {

/// What --before-run came to on one node.
struct BeforeRun {
  int node = 0;
  std::string host;
  CommandEnd end;
};

[[nodiscard]] bool has_failed(BeforeRun const& before);

struct NodePreparation {
  std::vector<BeforeRun> nodes;  ///< in order, on rank 0 alone; empty without a command
  std::string signal;            ///< that a rank has caught meanwhile, the same on every rank; empty: none has
};

/// Lets the lowest rank of every node run `command`; all ranks return when it has ended everywhere, or was ended after
/// `most_s` (as run_shell_command has it). An empty command is none: nothing happens. Collective.
[[nodiscard]] NodePreparation prepare_nodes(std::string const& command, double most_s, Communicator& ranks,
                                            Nodes const& nodes);

}  // namespace lauebench
