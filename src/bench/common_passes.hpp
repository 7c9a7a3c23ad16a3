#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/ceilings.hpp"
#include "cluster/start_line.hpp"

namespace lauebench {

/// A rank's part of a measurement, made ready: one pass of it. What it throws is the measurement's error.
struct PerformPass {
  std::function<std::vector<CeilingSample>()> perform;
  std::function<void()> get_ready = [] {};  ///< before the start line of each pass
};
/// Makes a rank's part ready, outside the clock; what it throws is an error as well.
using PreparePass = std::function<PerformPass()>;

/// Whether a rank measures, or only meets the others.
enum class Part : std::uint8_t { active, idle };

/// Repeats passes of the active ranks, each begun at the start line, until `series` on rank 0 has enough or a
/// rank has an error or has caught a signal; an error on one rank keeps none waiting. Returns the signal, the same on
/// every rank; empty: none. Collective.
[[nodiscard]] std::string measure_together(StartLine& line, Part part, PreparePass const& prepare,
                                           CeilingSeries& series);

}  // namespace lauebench
