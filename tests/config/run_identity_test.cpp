#include "config/run_identity.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "command_line_helper.hpp"

namespace lauebench {
namespace {

using test::parse_run;

TEST(RunIdentity, IsTheSameForPathsToTheSamePlace) {
  auto config = parse_run({});
  auto const identity = run_identity(config);
  config.h5 = {std::filesystem::current_path() / "x" / ".." / "scan.h5"};
  config.staging_dirs = {"./staging/"};
  EXPECT_EQ(run_identity(config), identity);
  config.staging_dirs = {"other"};
  EXPECT_NE(run_identity(config), identity);
}

TEST(RunIdentity, HoldsAllScansInTheirOrder) {
  auto const identity = [](std::vector<std::string> const& more) { return run_identity(parse_run(more)); };
  // parse_run gives scan.h5 first
  EXPECT_NE(identity({"--h5", "b.h5"}), identity({}));
  EXPECT_NE(identity({"--h5", "b.h5", "--h5", "c.h5"}), identity({"--h5", "c.h5", "--h5", "b.h5"}));
  EXPECT_EQ(identity({"--h5", "./b.h5"}), identity({"--h5", "b.h5"}));
}

TEST(RunIdentity, HoldsParametersAndNotTheGrid) {
  auto const identity = run_identity(parse_run({}));
  EXPECT_NE(identity.find("\"depth_range\":[0.0,40.0]"), std::string::npos) << identity;
  EXPECT_NE(identity.find("\"cache\":\"warm\""), std::string::npos) << identity;
  EXPECT_NE(identity.find("\"before_run\":null"), std::string::npos) << identity;
  for (std::string const absent : {"runs", "tag", "results", "cpu_parallel", "mode", "only", "verbose", "seed"}) {
    EXPECT_EQ(identity.find('"' + absent + '"'), std::string::npos) << absent;
  }
}

}  // namespace
}  // namespace lauebench
