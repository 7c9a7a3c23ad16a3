#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bench/grain_recovery.hpp"
#include "config/depth_grid.hpp"
#include "io/scan_truth.hpp"
#include "reconstruct/reconstruct.hpp"
#include "support/module.hpp"
#include "support/temporary_folder.hpp"
#include "synthetic/generate.hpp"

/// Generated scans, reconstructed with the conserving rule, give their truth back.
namespace lauebench {
namespace {

TEST(Recovery, GivesDepthAndIntensityOfEachGrainBack) {
  test::TemporaryFolder const folder;
  GenerateConfig config;
  config.geometry = std::filesystem::path(LAUEBENCH_SOURCE_DIR) / "configs/geometry_34ide.xml";
  config.depth_range = {0.0, 80.0};
  config.element_type = ElementType::int32;
  config.grains = 4;
  for (std::uint64_t const seed : {1U, 2U, 3U, 4U, 5U}) {
    config.seed = seed;
    config.output = folder / ("scan" + std::to_string(seed) + ".h5");
    static_cast<void>(generate_scan(config));
    ScanTruth const truth = read_scan_truth(config.output).value();

    ReconstructionTask task;
    task.scan = config.output;
    task.geometry = config.geometry;
    task.output_base = folder / "out";
    task.parameters.depth_range = config.depth_range;
    task.parameters.area_rule = AreaRule::conserving;
    task.parameters.output_type = ElementType::float64;
    task.memory_limit_bytes = std::uint64_t{4} << 30U;
    RankOutcome const outcome = reconstruct(task, test::openmp_backend());
    ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;

    DepthGrid const depths = make_depth_grid(task.parameters.depth_range, task.parameters.resolution_um);
    auto const grains = judgeable_grains(truth.grains, depths, outcome.rows, outcome.columns);
    ASSERT_EQ(grains.size(), 4U) << "seed " << seed;
    StoredDepthImages const images{task.output_base, outcome.depths, outcome.rows, outcome.columns};
    for (GrainRecovery const& found : recover_grains(images, depths, grains)) {
      // a sum of differences is the difference of the first and the last image
      double const variance = found.expected_counts + 2.0 * truth.background_counts * found.pixels;
      EXPECT_NEAR(found.depth_um.value(), found.true_depth_um, task.parameters.resolution_um) << "seed " << seed;
      EXPECT_NEAR(found.counts, found.expected_counts, 3.0 * std::sqrt(variance)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace lauebench
