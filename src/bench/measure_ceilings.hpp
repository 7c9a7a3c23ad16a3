#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/ceilings.hpp"
#include "bench/launch.hpp"
#include "bench/rank_run.hpp"
#include "cluster/start_line.hpp"

namespace lauebench {

/// What a point could attain, as far as it was measured before a signal came.
struct MeasuredCeilings {
  PointCeilings ceilings;  ///< rank 0 alone
  std::string signal;      ///< that a rank has caught, the same on every rank; empty: none
};

/// Measures the ceilings of the point of `run`, whose folder was made as for a run: with the ranks, threads and sizes
/// of the point, all ranks at once, one kind after the other; later than at the start, storage alone. A kind that fails
/// on any rank is unknown with the reason and a warning; the others and the launch go on. Leaves no file. Collective.
[[nodiscard]] MeasuredCeilings measure_ceilings(RankRun const& run, Launch const& launch, CeilingMoment moment,
                                                StartLine& line);

/// Elements of the triad's arrays on each of `active_ranks` ranks that share a node: together beyond its caches, each
/// beyond a core's own, and no more than half the memory that the rank may use.
[[nodiscard]] std::size_t triad_elements(int active_ranks, std::uint64_t memory_limit_bytes);

/// Bytes that the ceilings of a plan read and write at most.
struct CeilingTraffic {
  std::uint64_t read_bytes = 0;
  std::uint64_t written_bytes = 0;
};

[[nodiscard]] CeilingTraffic most_ceiling_traffic(Plan const& plan, ReconstructionNeeds const& needs);

}  // namespace lauebench
