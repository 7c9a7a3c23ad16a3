#include "bench/depth_accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "config/depth_grid.hpp"

namespace lauebench {
namespace {

Reading<ScanTruth> truth_of(std::filesystem::path const& scan) {
  auto truth = read_scan_truth(scan);
  return truth ? Reading<ScanTruth>(std::move(*truth)) : Unknown{"the scan carries no truth: it was not generated"};
}

}  // namespace

DepthAccuracy accuracy_of(std::span<GrainRecovery const> recoveries, int grains_left_out) {
  DepthAccuracy accuracy;
  accuracy.grains_judged = static_cast<int>(recoveries.size());
  accuracy.grains_left_out = grains_left_out;
  double squares_um2 = 0.0;
  double largest_um = 0.0;
  for (GrainRecovery const& recovery : recoveries) {
    accuracy.intensity_recovered += recovery.counts / recovery.expected_counts / accuracy.grains_judged;
    if (!recovery.depth_um) {
      ++accuracy.grains_not_found;
      continue;
    }
    double const error_um = std::abs(*recovery.depth_um - recovery.true_depth_um);
    squares_um2 += error_um * error_um;
    largest_um = std::max(largest_um, error_um);
  }
  if (int const found = accuracy.grains_judged - accuracy.grains_not_found; found > 0) {
    accuracy.depth_error_um_rms = std::sqrt(squares_um2 / found);
    accuracy.depth_error_um_max = largest_um;
  }
  return accuracy;
}

TruthJudge::TruthJudge(std::filesystem::path scan, ReconstructionParameters const& parameters)
    : scan_(std::move(scan)),
      wire_edge_(parameters.wire_edge),
      depths_(make_depth_grid(parameters.depth_range, parameters.resolution_um)) {}

Reading<DepthAccuracy> TruthJudge::judge(std::string const& digest, StoredDepthImages const& images) {
  auto const known = known_.find(digest);
  if (known != known_.end()) {
    return known->second;
  }
  try {
    return known_.emplace(digest, judge_anew(images)).first->second;
  } catch (std::exception const& error) {
    return Unknown{error.what()};
  }
}

Reading<DepthAccuracy> TruthJudge::judge_anew(StoredDepthImages const& images) {
  if (!truth_) {
    truth_ = truth_of(scan_);
  }
  if (auto const* const unknown = std::get_if<Unknown>(&*truth_)) {
    return *unknown;
  }
  if (wire_edge_ != WireEdge::leading) {
    return Unknown{"judged with --wire-edge leading alone: no other edge passes all depths of a generated scan"};
  }
  auto const& grains = std::get<ScanTruth>(*truth_).grains;
  auto const judgeable = judgeable_grains(grains, depths_, images.rows, images.columns);
  if (judgeable.empty()) {
    return Unknown{
        fmt::format("none of the scan's {} grains can be judged (outside the depth range or the image, "
                    "overlapped by others, or without counts)",
                    grains.size())};
  }
  return accuracy_of(recover_grains(images, depths_, judgeable), static_cast<int>(grains.size() - judgeable.size()));
}

}  // namespace lauebench
