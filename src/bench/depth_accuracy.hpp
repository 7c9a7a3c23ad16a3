#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "bench/grain_recovery.hpp"
#include "config/config.hpp"
#include "io/depth_image.hpp"
#include "io/scan_truth.hpp"
#include "kokkos_kernels/types.hpp"
#include "probe/reading.hpp"

namespace lauebench {

/// How well the depth images of a generated scan give its truth back.
struct DepthAccuracy {
  std::optional<double> depth_error_um_rms;  ///< over the grains with counts; empty when none has any
  std::optional<double> depth_error_um_max;  ///< the largest one, without its sign
  double intensity_recovered = 0.0;          ///< counts by expected counts, mean over the grains judged
  int grains_judged = 0;
  int grains_not_found = 0;  ///< of these: without counts, so that they have no depth
  int grains_left_out = 0;   ///< of the scan, as not judgeable

  friend bool operator==(DepthAccuracy const&, DepthAccuracy const&) = default;
};

/// `recoveries` is not empty.
[[nodiscard]] DepthAccuracy accuracy_of(std::span<GrainRecovery const> recoveries, int grains_left_out);

/// Holds one rank's depth images against the truth that its scan carries. The same images are judged once: they have
/// the same digest.
class TruthJudge {
 public:
  TruthJudge(std::filesystem::path scan, ReconstructionParameters const& parameters);

  /// What cannot be read is a reason, no error: the run is as good without it.
  [[nodiscard]] Reading<DepthAccuracy> judge(std::string const& digest, StoredDepthImages const& images);

 private:
  [[nodiscard]] Reading<DepthAccuracy> judge_anew(StoredDepthImages const& images);

  std::filesystem::path scan_;
  WireEdge wire_edge_;
  DepthGrid depths_;
  std::optional<Reading<ScanTruth>> truth_;              ///< empty before the first judgement
  std::map<std::string, Reading<DepthAccuracy>> known_;  ///< by digest
};

}  // namespace lauebench
