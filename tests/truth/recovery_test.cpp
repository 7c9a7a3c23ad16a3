#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "io/scan_truth.hpp"
#include "reconstruct/reconstruct.hpp"
#include "support/depth_file_reader.hpp"
#include "support/module.hpp"
#include "support/temporary_folder.hpp"
#include "synthetic/generate.hpp"

/// Generated scans, reconstructed with the conserving rule, give their truth back.
namespace lauebench {
namespace {

constexpr double depth_start_um = 0.0;
constexpr int depths = 81;

/// Depth profile of one spot: counts per depth image, summed over the pixels within 2 sigma of its centre.
struct Profile {
  std::vector<double> counts = std::vector<double>(depths, 0.0);
  double expected_counts = 0.0;  ///< of the spot without the wire
  double variance = 0.0;         ///< of the sum of differences: that of the first and of the last image
};

Profile profile_of(GrainTruth const& grain, std::vector<std::vector<double>> const& images, int rows, int columns,
                   double background_counts) {
  Profile profile;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      double const distance = std::hypot(row - grain.row, column - grain.column) / grain.sigma_px;
      if (distance > 2.0) {
        continue;
      }
      auto const pixel =
          static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
      for (std::size_t m = 0; m < images.size(); ++m) {
        profile.counts[m] += images[m][pixel];
      }
      double const spot = grain.amplitude_counts * std::exp(-0.5 * distance * distance);
      profile.expected_counts += spot;
      profile.variance += spot + 2.0 * background_counts;
    }
  }
  return profile;
}

double centroid_um(Profile const& profile) {
  double sum = 0.0;
  double moment = 0.0;
  for (std::size_t m = 0; m < profile.counts.size(); ++m) {
    sum += profile.counts[m];
    moment += profile.counts[m] * (depth_start_um + static_cast<double>(m));
  }
  return moment / sum;
}

double total(Profile const& profile) {
  double sum = 0.0;
  for (double const counts : profile.counts) {
    sum += counts;
  }
  return sum;
}

TEST(Recovery, GivesDepthAndIntensityOfEachGrainBack) {
  test::TemporaryFolder const folder;
  GenerateConfig config;
  config.geometry = std::filesystem::path(LAUEBENCH_SOURCE_DIR) / "configs/geometry_34ide.xml";
  config.depth_range = {0.0, 80.0};
  config.element_type = ElementType::int32;
  config.grains = 1;  // spots of several grains may lie over each other
  for (std::uint64_t const seed : {1U, 2U, 3U, 4U, 5U}) {
    config.seed = seed;
    config.output = folder / ("scan" + std::to_string(seed) + ".h5");
    static_cast<void>(generate_scan(config));
    ScanTruth const truth = read_scan_truth(config.output).value();

    ReconstructionTask task;
    task.scan = config.output;
    task.geometry = config.geometry;
    task.output_base = folder / "out";
    task.parameters.depth_range = {depth_start_um, depth_start_um + depths - 1};
    task.parameters.area_rule = AreaRule::conserving;
    task.parameters.output_type = ElementType::float64;
    task.memory_limit_bytes = std::uint64_t{4} << 30U;
    RankOutcome const outcome = reconstruct(task, test::openmp_backend());
    ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;

    std::vector<std::vector<double>> images;
    images.reserve(depths);
    for (int m = 0; m < depths; ++m) {
      images.push_back(test::values_of(test::read_depth_image(task.output_base.string() + std::to_string(m) + ".h5")));
    }
    GrainTruth const& grain = truth.grains.at(0);
    Profile const profile = profile_of(grain, images, outcome.rows, outcome.columns, truth.background_counts);
    double const middle_um = 0.5 * (grain.depth_start_um + grain.depth_end_um);
    EXPECT_NEAR(centroid_um(profile), middle_um, task.parameters.resolution_um) << "seed " << seed;
    EXPECT_NEAR(total(profile), profile.expected_counts, 3.0 * std::sqrt(profile.variance)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace lauebench
