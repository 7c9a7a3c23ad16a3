#include "reconstruct/reconstruction_setup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "io/geometry_reader.hpp"
#include "io/rotation.hpp"
#include "support/golden_case.hpp"

namespace lauebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A golden case whose scan is right; tests spoil what was read of it.
class MakeJob : public testing::Test {
 protected:
  [[nodiscard]] std::string refusal(ScanInfo const& info, int detector = 0) const {
    ReconstructionTask task{golden_.scan, golden_.geometry, "out", golden_.parameters, 0, {}, Sync::none};
    task.parameters.detector = detector;
    try {
      static_cast<void>(make_job(task, info));
    } catch (Error const& error) {
      EXPECT_EQ(error.code(), ReturnCode::bad_input);
      return error.what();
    }
    return "accepted";
  }

  test::GoldenCase golden_ = test::read_golden_case("leading_u16");
  ScanInfo info_ = ScanReader(golden_.scan).info();
};

TEST_F(MakeJob, TakesARegionThatIsOnTheDetector) {
  EXPECT_EQ(refusal(info_), "accepted");
  info_.region.full_x.reset();
  info_.region.full_y.reset();
  EXPECT_EQ(refusal(info_), "accepted");
  info_.region.start_x = 2048 - 64;
  EXPECT_EQ(refusal(info_), "accepted");
}

TEST_F(MakeJob, RefusesARegionBeyondTheDetector) {
  ScanInfo beyond = info_;
  beyond.region.start_x = 2048 - 63;
  EXPECT_THAT(refusal(beyond),
              AllOf(HasSubstr("detector 0 has 2048 pixels along x (Npixels)"), HasSubstr("region ends at 2048")));
  beyond = info_;
  beyond.region.bin_y = 100;
  EXPECT_THAT(refusal(beyond), AllOf(HasSubstr("along y"), HasSubstr("region ends at 5699")));
}

TEST_F(MakeJob, RefusesAnotherDetectorsScan) {
  EXPECT_THAT(refusal(info_, 1),
              AllOf(HasSubstr("detector 1 has 1024 pixels along x"), HasSubstr("2048 (Nx)"), HasSubstr("--detector")));
  info_.region.full_y = 1024;
  EXPECT_THAT(refusal(info_), HasSubstr("1024 (Ny)"));
}

TEST_F(MakeJob, RefusesAWireThatStandsStill) {
  for (Vec3& position : info_.wire_raw_um) {
    position = info_.wire_raw_um.front();
  }
  EXPECT_THAT(refusal(info_), HasSubstr("its wire never moves"));
  info_.wire_raw_um.back().y += 0.01;
  EXPECT_EQ(refusal(info_), "accepted");
}

TEST_F(MakeJob, MovingAlongTheWireIsNoMovement) {
  double x = 0.0;
  for (Vec3& position : info_.wire_raw_um) {
    position = info_.wire_raw_um.front();
  }
  BeamlineGeometry const beamline = read_geometry(golden_.geometry, 0);
  for (Vec3& position : info_.wire_raw_um) {
    position = position + x * beamline.wire.axis;
    x += 1.0;
  }
  EXPECT_THAT(refusal(info_), HasSubstr("its wire never moves"));
}

}  // namespace
}  // namespace lauebench
