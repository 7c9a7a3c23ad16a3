#include "bench/grain_recovery.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "io/depth_image_windows.hpp"

namespace lauebench {
namespace {

/// The smallest window with all pixels that are looked at.
PixelWindow window_around(GrainTruth const& grain) {
  double const reach = judged_sigmas * grain.sigma_px;
  auto const first = [reach](double centre) { return static_cast<int>(std::ceil(centre - reach)); };
  auto const last = [reach](double centre) { return static_cast<int>(std::floor(centre + reach)); };
  int const first_row = first(grain.row);
  int const first_column = first(grain.column);
  return {first_row, last(grain.row) - first_row + 1, first_column, last(grain.column) - first_column + 1};
}

bool lies_within(PixelWindow const& window, int rows, int columns) {
  return window.first_row >= 0 && window.first_column >= 0 && window.first_row + window.rows <= rows &&
         window.first_column + window.columns <= columns;
}

/// Whether `other` reaches the pixels that are looked at for `grain`.
bool reaches(GrainTruth const& other, GrainTruth const& grain) {
  double const reach = judged_sigmas * grain.sigma_px + spot_reach_sigmas * other.sigma_px;
  return std::abs(other.row - grain.row) <= reach && std::abs(other.column - grain.column) <= reach;
}

/// What is looked at for one grain, and what was found there so far.
class GrainProfile {
 public:
  explicit GrainProfile(GrainTruth const& grain) : window_(window_around(grain)) {
    recovery_.true_depth_um = 0.5 * (grain.depth_start_um + grain.depth_end_um);
    for (int row = 0; row < window_.rows; ++row) {
      for (int column = 0; column < window_.columns; ++column) {
        double const distance =
            std::hypot(window_.first_row + row - grain.row, window_.first_column + column - grain.column) /
            grain.sigma_px;
        bool const is_judged = distance <= judged_sigmas;
        is_judged_.push_back(is_judged);
        if (is_judged) {
          recovery_.expected_counts += grain.amplitude_counts * std::exp(-0.5 * distance * distance);
          ++recovery_.pixels;
        }
      }
    }
  }

  [[nodiscard]] PixelWindow const& window() const { return window_; }

  void add(double depth_um, std::span<double const> values) {
    double counts = 0.0;
    for (std::size_t pixel = 0; pixel < values.size(); ++pixel) {
      counts += is_judged_[pixel] ? values[pixel] : 0.0;
    }
    recovery_.counts += counts;
    moment_um_ += counts * depth_um;
  }

  [[nodiscard]] GrainRecovery recovery() const {
    GrainRecovery recovery = recovery_;
    if (recovery.counts > 0.0) {
      recovery.depth_um = moment_um_ / recovery.counts;
    }
    return recovery;
  }

 private:
  PixelWindow window_;
  std::vector<bool> is_judged_;  ///< by pixel of the window
  GrainRecovery recovery_;
  double moment_um_ = 0.0;  ///< sum of counts times depth
};

}  // namespace

std::vector<GrainTruth> judgeable_grains(std::span<GrainTruth const> grains, DepthGrid const& depths, int rows,
                                         int columns) {
  std::vector<GrainTruth> judgeable;
  for (GrainTruth const& grain : grains) {
    bool const is_in_depth =
        grain.depth_start_um >= depths.start_um && grain.depth_end_um <= depths.depth_um(depths.count - 1);
    bool const is_alone = std::ranges::none_of(
        grains, [&grain](GrainTruth const& other) { return &other != &grain && reaches(other, grain); });
    bool const lies_inside = lies_within(window_around(grain), rows, columns);
    // a spot so small that it lies between pixels has none, too
    if (is_in_depth && is_alone && lies_inside && GrainProfile(grain).recovery().expected_counts > 0.0) {
      judgeable.push_back(grain);
    }
  }
  return judgeable;
}

std::vector<GrainRecovery> recover_grains(StoredDepthImages const& images, DepthGrid const& depths,
                                          std::span<GrainTruth const> grains) {
  std::vector<GrainProfile> profiles(grains.begin(), grains.end());
  std::vector<PixelWindow> windows;
  windows.reserve(profiles.size());
  std::ranges::transform(profiles, std::back_inserter(windows), &GrainProfile::window);
  read_windows(images, windows, [&profiles, &depths](int image, std::size_t grain, std::span<double const> values) {
    profiles[grain].add(depths.depth_um(image), values);
  });
  std::vector<GrainRecovery> recoveries;
  recoveries.reserve(profiles.size());
  std::ranges::transform(profiles, std::back_inserter(recoveries), &GrainProfile::recovery);
  return recoveries;
}

}  // namespace lauebench
