#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/depth_accuracy.hpp"
#include "bench/node_meter.hpp"
#include "probe/nvml.hpp"
#include "probe/process_usage.hpp"
#include "probe/reading.hpp"
#include "reconstruct/rank_outcome.hpp"
#include "staging/cache_control.hpp"

namespace lauebench {

struct GpuUse {
  int index = 0;  ///< as the driver numbers the devices that this process sees
  std::string uuid;
  std::string pci_bus_id;
  int visible = 0;    ///< devices that the rank sees
  int sharers = 1;    ///< ranks of the run that compute on it
  GpuState at_start;  ///< right before the ranks meet for the start of a run
  GpuState at_end;    ///< when the run's last rank has ended
  /// Of all processes that use it, between the two, as read every gpu_memory_interval_s.
  Reading<std::uint64_t> peak_memory_used_bytes = Unknown{"it was not measured"};
};

/// Short against a reconstruction, long against the driver's answer (some 10 us).
inline constexpr double gpu_memory_interval_s = 0.02;

/// What the whole GPU took during a run, joules.
[[nodiscard]] Reading<double> energy_j(GpuUse const& gpu);

/// What --bind could do for a rank.
enum class Affinity : std::uint8_t {
  inherited,    ///< it has what the launcher bound it to, as asked
  widened,      ///< all cores that the launcher gave the node's ranks
  not_widened,  ///< fewer than these, though they were asked for
  bound,        ///< its share of them
  not_bound,    ///< something else, though that was asked for
};

/// "inherited", "widened", ..
[[nodiscard]] constexpr std::string_view to_string(Affinity affinity) {
  constexpr std::array<std::string_view, 5> names{"inherited", "widened", "not_widened", "bound", "not_bound"};
  return names[static_cast<std::size_t>(affinity)];
}

/// Logical processors that a rank may run on, as the kernel says.
struct RankCores {
  std::vector<int> cpus;
  Affinity affinity = Affinity::widened;
};

/// What one active rank sends to rank 0 after a run. Start, end and intervals of `outcome` are seconds after the agreed
/// start on the launch's timeline, which is rank 0's clock.
struct RankReport {
  int rank = 0;
  int node_index = 0;  ///< as Nodes numbers them; several nodes may have the same host name
  int replica = 0;     ///< number of the one that it reads
  std::string host;
  RankCores cores;
  std::optional<GpuUse> gpu;    ///< empty for a CPU point
  double agreed_start_s = 0.0;  ///< on rank 0's clock
  std::optional<NodeUse> node;  ///< from the lowest rank of its node alone
  RankOutcome outcome;
  ReplicaCache cache;     ///< where its replica was when the run began
  ProcessUsage usage;     ///< of the reconstruction, from its call to its return
  std::string digest;     ///< of its depth images; empty: none was asked for, or there are none
  double digest_s = 0.0;  ///< what that took, after the reconstruction
  /// With --read-back: the largest fraction of a depth file's pages in the page cache as it was read for the digest.
  Reading<double> digest_resident = Unknown{"--read-back was not given"};
  /// With --read-back: from their opening, then, until all depth images are read and hashed.
  Reading<double> read_back_s = Unknown{"--read-back was not given"};
  Reading<DepthAccuracy> accuracy = Unknown{"the reconstruction failed"};  ///< against the scan's own truth
};

}  // namespace lauebench
