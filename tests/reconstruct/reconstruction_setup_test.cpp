#include "reconstruct/reconstruction_setup.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "io/geometry_reader.hpp"
#include "io/rotation.hpp"
#include "support/golden_case.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

ReconstructionTask golden_task() {
  test::GoldenCase const golden = test::read_golden_case("leading_u16");
  ReconstructionTask task;
  task.scan = golden.scan;
  task.geometry = golden.geometry;
  task.output_base = "out";
  task.parameters = golden.parameters;
  return task;
}

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

TEST_F(MakeJob, TakesTheGeometryTextThatItIsGiven) {
  ReconstructionTask task = golden_task();
  task.geometry_text = read_geometry_file(task.geometry);
  task.geometry = "/absent/geometry.xml";
  EXPECT_EQ(make_job(task, info_).geometry.wire.size(), static_cast<std::size_t>(info_.images()));
  task.geometry_text = "<geoM/>";
  try {
    static_cast<void>(make_job(task, info_));
    ADD_FAILURE() << "no error";
  } catch (Error const& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("/absent/geometry.xml"), HasSubstr("geoM")));
  }
}

TEST(OutputType, ChosenElseInt32ForBothEdgesElseTheScans) {
  ReconstructionParameters parameters;
  EXPECT_EQ(output_type_of(parameters, ElementType::uint16), ElementType::uint16);
  parameters.wire_edge = WireEdge::both;
  EXPECT_EQ(output_type_of(parameters, ElementType::uint16), ElementType::int32);
  parameters.output_type = ElementType::float64;
  EXPECT_EQ(output_type_of(parameters, ElementType::uint16), ElementType::float64);
}

TEST_F(MakeJob, BringsScanGeometryAndParametersTogether) {
  ReconstructionTask task = golden_task();
  task.parameters.wire_edge = WireEdge::both;
  task.parameters.area_rule = AreaRule::conserving;
  task.parameters.precision = Precision::single_precision;
  task.parameters.depth_range = {-5.0, 10.0};
  task.parameters.resolution_um = 0.5;
  ScanReader const scan(task.scan);
  kernels::ReconstructionJob const job = make_job(task, scan.info());
  EXPECT_EQ(job.depths.count, 31);
  EXPECT_EQ(job.depths.start_um, -5.0);
  EXPECT_EQ(job.depths.resolution_um, 0.5);
  EXPECT_EQ(job.geometry.wire.size(), static_cast<std::size_t>(scan.info().images()));
  EXPECT_EQ(job.columns, scan.info().columns);
  EXPECT_EQ(job.input_type, ElementType::uint16);
  EXPECT_EQ(job.output_type, ElementType::int32);
  EXPECT_EQ(job.wire_edge, WireEdge::both);
  EXPECT_EQ(job.area_rule, AreaRule::conserving);
  EXPECT_EQ(job.precision, Precision::single_precision);
}

TEST_F(MakeJob, TooFewFramesAreRefused) {
  ReconstructionTask const task = golden_task();
  ScanReader const scan(task.scan);
  ScanInfo info = scan.info();
  info.stored_frames = 4;
  try {
    static_cast<void>(make_job(task, info));
    FAIL() << "not refused";
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    EXPECT_THAT(error.what(), HasSubstr("4 frames"));
  }
}

TEST(RefuseToOverwriteScan, OnlyWhereNamesMeetInOneFolder) {
  test::TemporaryFolder const folder;
  std::filesystem::create_directory(folder / "other");
  ReconstructionTask task;
  task.scan = folder / "out7.h5";
  task.geometry = folder / "geometry.xml";
  DepthGrid const grid{0.0, 1.0, 8};
  task.output_base = folder / "other" / ".." / "out";
  EXPECT_THROW(refuse_to_overwrite_scan(task, grid), Error);
  EXPECT_NO_THROW(refuse_to_overwrite_scan(task, DepthGrid{0.0, 1.0, 7}));
  task.output_base = folder / "other" / "out";
  EXPECT_NO_THROW(refuse_to_overwrite_scan(task, grid));
  task.output_base = folder / "image";
  EXPECT_NO_THROW(refuse_to_overwrite_scan(task, grid));
}

TEST(SummaryParameters, SayWhatWasDone) {
  ReconstructionTask const task = golden_task();
  ScanReader const scan(task.scan);
  kernels::ReconstructionJob job = make_job(task, scan.info());
  job.cutoff = 12.5;
  auto const parameters = summary_parameters(task, job);
  auto const value_of = [&parameters](std::string const& name) {
    auto const found = std::ranges::find(parameters, name, &SummaryParameter::name);
    return found == parameters.end() ? "missing" : found->value;
  };
  EXPECT_EQ(value_of("scan"), task.scan.string());
  EXPECT_EQ(value_of("depth start"), "0 um");
  EXPECT_EQ(value_of("depth end"), "40 um");
  EXPECT_EQ(value_of("depth images"), "41");
  EXPECT_EQ(value_of("images used"), std::to_string(scan.info().images()));
  EXPECT_EQ(value_of("wire edge"), "leading");
  EXPECT_EQ(value_of("cosmic filter"), "off");
  EXPECT_EQ(value_of("cutoff"), "12.5 counts");
  EXPECT_EQ(value_of("element type"), "uint16");
}

}  // namespace
}  // namespace lauebench
