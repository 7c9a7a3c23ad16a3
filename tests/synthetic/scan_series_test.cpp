#include "synthetic/scan_series.hpp"

#include <filesystem>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>

#include "config/error.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

GenerateConfig config_of(std::filesystem::path const& output, int count) {
  GenerateConfig config;
  config.output = output;
  config.count = count;
  config.geometry = "g.xml";
  config.rows = 8;
  config.seed = 7;
  return config;
}

TEST(ScanSeries, OneScanIsWhatTheUserAskedFor) {
  test::TemporaryFolder const folder;
  GenerateConfig const config = config_of(folder / "scan.h5", 1);
  EXPECT_EQ(plan_scan_series(config), std::vector{config});
}

TEST(ScanSeries, SeveralHaveNumbersAndSeedsOfTheirOwn) {
  test::TemporaryFolder const folder;
  auto const series = plan_scan_series(config_of(folder / "a.b.h5", 3));
  ASSERT_EQ(series.size(), 3U);
  EXPECT_EQ(series[0].output, folder / "a.b-0.h5");
  EXPECT_EQ(series[2].output, folder / "a.b-2.h5");
  EXPECT_EQ(series[0].seed, 7U);
  EXPECT_EQ(series[2].seed, 9U);
  EXPECT_EQ(series[2].rows, 8);
  EXPECT_EQ(series[2].count, 1);
}

TEST(ScanSeries, ANameThatIsTakenRefusesAll) {
  test::TemporaryFolder const folder;
  std::ofstream(folder / "scan-2.h5") << "years of work";
  EXPECT_THROW(static_cast<void>(plan_scan_series(config_of(folder / "scan.h5", 3))), Error);
  EXPECT_EQ(plan_scan_series(config_of(folder / "scan.h5", 2)).size(), 2U);
  EXPECT_THROW(static_cast<void>(plan_scan_series(config_of(folder / "", 2))), Error) << "no file's name";
}

}  // namespace
}  // namespace lauebench
