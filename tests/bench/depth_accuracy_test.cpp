#include "bench/depth_accuracy.hpp"

#include <cmath>
#include <filesystem>
#include <variant>
#include <vector>

#include <gmock/gmock.h>

#include "depth_images.hpp"
#include "synthetic/generate.hpp"

namespace lauebench {
namespace {

using testing::HasSubstr;

TEST(DepthAccuracy, IsOverTheGrainsJudged) {
  std::vector const recoveries{GrainRecovery{10.0, 100.0, 90.0, 10.3, 9}, GrainRecovery{20.0, 50.0, 55.0, 19.6, 9}};
  DepthAccuracy const accuracy = accuracy_of(recoveries, 3);
  EXPECT_NEAR(accuracy.depth_error_um_rms.value(), std::sqrt((0.09 + 0.16) / 2.0), 1e-12);
  EXPECT_NEAR(accuracy.depth_error_um_max.value(), 0.4, 1e-12);
  EXPECT_NEAR(accuracy.intensity_recovered, 1.0, 1e-12);
  EXPECT_EQ(accuracy.grains_judged, 2);
  EXPECT_EQ(accuracy.grains_not_found, 0);
  EXPECT_EQ(accuracy.grains_left_out, 3);
}

TEST(DepthAccuracy, AGrainWithoutCountsLowersTheIntensityAndHasNoDepth) {
  std::vector recoveries{GrainRecovery{10.0, 100.0, 100.0, 10.5, 9}, GrainRecovery{20.0, 50.0, 0.0, std::nullopt, 9}};
  DepthAccuracy accuracy = accuracy_of(recoveries, 0);
  EXPECT_EQ(accuracy.depth_error_um_rms, 0.5);
  EXPECT_EQ(accuracy.intensity_recovered, 0.5);
  EXPECT_EQ(accuracy.grains_not_found, 1);
  recoveries.erase(recoveries.begin());
  accuracy = accuracy_of(recoveries, 0);
  EXPECT_FALSE(accuracy.depth_error_um_rms);
  EXPECT_FALSE(accuracy.depth_error_um_max);
}

/// A generated scan with one grain, and depth images in which each pixel holds `counts` at 40 um.
class TruthJudgement : public testing::Test {
 protected:
  void SetUp() override {
    config_.geometry = std::filesystem::path(LAUEBENCH_SOURCE_DIR) / "configs/geometry_34ide.xml";
    config_.output = folder_ / "scan.h5";
    config_.rows = 48;
    config_.columns = 48;
    config_.images = 21;
    config_.grains = 1;
    static_cast<void>(generate_scan(config_));
    parameters_.depth_range = {0.0, 100.0};
  }

  [[nodiscard]] StoredDepthImages write(double counts) const {
    return test::write_depth_images(folder_, {0.0, 1.0, 101}, 48, 48,
                                    [counts](int m, int /*row*/, int /*column*/) { return m == 40 ? counts : 0.0; });
  }

  static std::string reason(Reading<DepthAccuracy> const& reading) { return std::get<Unknown>(reading).reason; }

  test::TemporaryFolder folder_;
  GenerateConfig config_;
  ReconstructionParameters parameters_;
};

TEST_F(TruthJudgement, HoldsImagesAgainstTheScansTruth) {
  GrainTruth const grain = read_scan_truth(config_.output).value().grains.at(0);
  double const middle_um = 0.5 * (grain.depth_start_um + grain.depth_end_um);
  auto const accuracy = std::get<DepthAccuracy>(TruthJudge(config_.output, parameters_).judge("d", write(5.0)));
  EXPECT_NEAR(accuracy.depth_error_um_rms.value(), std::abs(40.0 - middle_um), 1e-9);
  EXPECT_EQ(accuracy.grains_judged, 1);
  EXPECT_EQ(accuracy.grains_left_out, 0);
}

TEST_F(TruthJudgement, TheSameDigestIsJudgedOnce) {
  TruthJudge judge(config_.output, parameters_);
  auto const images = write(5.0);
  auto const first = std::get<DepthAccuracy>(judge.judge("a", images));
  static_cast<void>(write(10.0));
  EXPECT_EQ(std::get<DepthAccuracy>(judge.judge("a", images)), first);
  EXPECT_NEAR(std::get<DepthAccuracy>(judge.judge("b", images)).intensity_recovered, 2.0 * first.intensity_recovered,
              1e-12);
  std::filesystem::remove(images.file(7));
  EXPECT_EQ(std::get<DepthAccuracy>(judge.judge("a", images)), first);
  EXPECT_THAT(reason(judge.judge("c", images)), HasSubstr("image7.h5"));
}

TEST_F(TruthJudgement, SaysWhyNothingCanBeJudged) {
  auto const images = write(5.0);
  EXPECT_EQ(reason(TruthJudge(folder_ / "plain.h5", parameters_).judge("d", images)),
            "the scan carries no truth: it was not generated");
  parameters_.wire_edge = WireEdge::both;
  EXPECT_THAT(reason(TruthJudge(config_.output, parameters_).judge("d", images)),
              HasSubstr("--wire-edge leading alone"));
  parameters_.wire_edge = WireEdge::leading;
  parameters_.depth_range = {200.0, 300.0};
  EXPECT_THAT(reason(TruthJudge(config_.output, parameters_).judge("d", images)),
              HasSubstr("none of the scan's 1 grains can be judged"));
}

}  // namespace
}  // namespace lauebench
