#include "reconstruct/reconstruction_setup.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "support/golden_case.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using testing::HasSubstr;

ReconstructionTask golden_task() {
  test::GoldenCase const golden = test::read_golden_case("leading_u16");
  ReconstructionTask task;
  task.scan = golden.scan;
  task.geometry = golden.geometry;
  task.parameters = golden.parameters;
  return task;
}

TEST(OutputType, ChosenElseInt32ForBothEdgesElseTheScans) {
  ReconstructionParameters parameters;
  EXPECT_EQ(output_type_of(parameters, ElementType::uint16), ElementType::uint16);
  parameters.wire_edge = WireEdge::both;
  EXPECT_EQ(output_type_of(parameters, ElementType::uint16), ElementType::int32);
  parameters.output_type = ElementType::float64;
  EXPECT_EQ(output_type_of(parameters, ElementType::uint16), ElementType::float64);
}

TEST(MakeJob, BringsScanGeometryAndParametersTogether) {
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

TEST(MakeJob, TooFewFramesAreRefused) {
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
