#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "expect_error.hpp"
#include "io/depth_files.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using test::TemporaryFolder;

class DepthSummaryTest : public testing::Test {
 protected:
  [[nodiscard]] DepthSummary written() const { return {folder_ / "image", parameters_, grid_, totals_}; }
  [[nodiscard]] bool is_there(std::string const& name) const { return std::filesystem::exists(folder_ / name); }

  TemporaryFolder folder_;
  std::vector<SummaryParameter> parameters_{{"scan", "scan.h5"}, {"wire edge", "leading"}};
  std::vector<double> totals_{1.0 / 3.0, 123456789.0};
  DepthGrid grid_{-0.5, 0.25, 2};
};

TEST_F(DepthSummaryTest, ListsParametersAndTotals) {
  DepthSummary summary = written();
  summary.publish();
  std::ifstream file(folder_ / "imagesummary.txt");
  std::string const text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(text,
            "scan:      scan.h5\n"
            "wire edge: leading\n"
            "\n"
            "  index       depth_um   total_intensity_counts\n"
            "      0           -0.5              0.333333333\n"
            "      1          -0.25                123456789\n");
  EXPECT_FALSE(is_there("imagesummary.txt.part"));
}

TEST_F(DepthSummaryTest, HasItsNameOnceItIsPublished) {
  {
    DepthSummary const summary = written();
    EXPECT_TRUE(is_there("imagesummary.txt.part"));
    EXPECT_FALSE(is_there("imagesummary.txt"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(DepthSummaryTest, IsSyncedWhereThatIsAskedFor) {
  DepthSummary const summary = written();
  summary.sync(Sync::fsync);
  std::filesystem::remove(folder_ / "imagesummary.txt.part");
  summary.sync(Sync::none);
  expect_error([&] { summary.sync(Sync::fsync); }, ReturnCode::io_error, {"imagesummary.txt.part"});
}

TEST_F(DepthSummaryTest, WhatCannotBeWrittenIsAnError) {
  EXPECT_THROW(DepthSummary(folder_ / "image", parameters_, DepthGrid{0.0, 1.0, 3}, totals_), std::invalid_argument);
  expect_error([&] { DepthSummary(folder_ / "none" / "x", parameters_, grid_, totals_); }, ReturnCode::io_error,
               {"summary.txt"});
  DepthSummary summary = written();
  std::filesystem::remove(folder_ / "imagesummary.txt.part");
  expect_error([&] { summary.publish(); }, ReturnCode::io_error, {"imagesummary.txt"});
}

}  // namespace
}  // namespace lauebench
