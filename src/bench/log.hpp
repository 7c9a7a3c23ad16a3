#pragma once

#include <cstdint>

#include "bench/progress.hpp"
#include "cluster/communicator.hpp"
#include "config/config.hpp"

namespace lauebench {

enum class Speaker : std::uint8_t { root, other_rank };

[[nodiscard]] inline Speaker speaker_of(Communicator const& ranks) {
  return ranks.is_root() ? Speaker::root : Speaker::other_rank;
}

/// Sends spdlog's default logger to stderr: 0 errors, 1 warnings and what was done in short (info), 2 every run and
/// staging step (debug), 3 every phase (trace). Ranks other than 0 say errors only, below 3. A message overwrites a
/// progress line that is being updated.
void set_up_logging(Verbosity verbose, Speaker speaker, ProgressStyle progress);

}  // namespace lauebench
