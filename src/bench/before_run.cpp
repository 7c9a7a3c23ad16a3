#include "bench/before_run.hpp"

#include <cstddef>

#include <spdlog/spdlog.h>

#include "bench/cache_json.hpp"
#include "bench/interruption.hpp"

namespace lauebench {
namespace {

/// Empty for ranks that leave the command to another one.
std::string run_on_this_node(std::string const& command, double most_s, int rank, Nodes const& nodes) {
  RankPlace const& place = nodes.ranks[static_cast<std::size_t>(rank)];
  return place.local_rank == 0 ? to_message(BeforeRun{place.node, place.host, run_shell_command(command, most_s)})
                               : std::string();
}

void warn_of_failure(BeforeRun const& before, double most_s) {
  if (!has_failed(before)) {
    return;
  }
  if (before.end.status) {
    spdlog::warn("the command of --before-run ended with status {} on {}{}", *before.end.status, before.host,
                 before.end.seconds > most_s ? ": the launch's time was over" : "");
  } else {
    spdlog::warn("the command of --before-run has no status on {} ({})", before.host, before.end.status_reason);
  }
}

std::vector<BeforeRun> ended_in(std::vector<std::string> const& messages, double most_s) {
  std::vector<BeforeRun> ended;
  for (std::string const& message : messages) {
    if (!message.empty()) {
      ended.push_back(before_run_from_message(message));
      warn_of_failure(ended.back(), most_s);
    }
  }
  return ended;
}

}  // namespace

bool has_failed(BeforeRun const& before) { return before.end.status != 0; }

NodePreparation prepare_nodes(std::string const& command, double most_s, Communicator& ranks, Nodes const& nodes) {
  NodePreparation preparation;
  if (command.empty()) {
    return preparation;
  }
  std::vector<std::string> const messages = ranks.gather(run_on_this_node(command, most_s, ranks.rank(), nodes));
  std::vector<std::string> const signals = ranks.gather(caught_signal_name());
  preparation.signal = on_root(ranks, [&preparation, &messages, &signals, most_s] {
    preparation.nodes = ended_in(messages, most_s);
    return first_signal(signals);
  });
  return preparation;
}

}  // namespace lauebench
