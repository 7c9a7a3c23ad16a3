#pragma once

#include <memory>

#include "bench/rank_run.hpp"
#include "cluster/communicator.hpp"
#include "config/config.hpp"
#include "config/error.hpp"
#include "io/shared_input.hpp"
#include "io/shared_output.hpp"

namespace lauebench {

/// The files that ranks of a run use together; validation has ruled out both at once.
struct SharedFiles {
  std::unique_ptr<SharedInput> input;
  std::unique_ptr<SharedOutput> output;

  /// Whether ranks waited in vain for others, so that the launch has to end.
  [[nodiscard]] bool have_lost_ranks() const;

  /// This rank cannot go on: the others learn it in the place of its next step.
  void give_up(Error const& why);

  /// What is left when all ranks have reconstructed. Collective.
  void close();
};

/// None where each rank has files of its own, and for a rank that the point leaves idle. Collective; nobody is late.
[[nodiscard]] SharedFiles share_files(RankRun const& run, RunConfig const& config, Communicator& ranks);

}  // namespace lauebench
