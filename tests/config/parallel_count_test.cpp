#include "config/parallel_count.hpp"

#include <gmock/gmock.h>

#include "command_line_helper.hpp"

namespace lauebench {
namespace {

using test::parse_run;
using test::run_error;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(ParallelCount, CountsTheLaunchOrEachNode) {
  ParallelCount const four_per_node{4, CountedOn::node};
  EXPECT_THAT(parse_run({"--cpu-parallel", "1,4/node,4,1"}).cpu_parallel, ElementsAre(1, four_per_node, 4));
  EXPECT_THAT(parse_run({"--gpu-parallel", "4/node"}).gpu_parallel, ElementsAre(four_per_node));
  EXPECT_EQ(to_text(four_per_node), "4/node");
  EXPECT_EQ(to_text(7), "7");
}

TEST(ParallelCount, IsANumberOrATextInJson) {
  ValueSource const source{"cpu_parallel", "grid.json"};
  auto const list = ParallelCountList{}.from_json(Json::parse(R"([1, "2/node", "3"])"), source);
  EXPECT_THAT(list, ElementsAre(1, ParallelCount(2, CountedOn::node), 3));
  EXPECT_EQ(ParallelCountList{}.to_json(list).dump(), R"([1,"2/node",3])");
}

TEST(ParallelCount, EverythingElseIsRefused) {
  EXPECT_EQ(run_error({"--cpu-parallel", "1,0/node"}),
            "--cpu-parallel '1,0/node' (entry '0/node' is below 1): give positive whole numbers separated by commas, "
            "such as 1,2,4, or for each node, such as 4/node");
  for (std::string const text : {"/node", "4/", "4/nodes", "4 /node", "-1/node", "1.5/node", "4/node/node"}) {
    EXPECT_THAT(run_error({"--cpu-parallel", text}), HasSubstr("entry '" + text + "' is ")) << text;
  }
}

}  // namespace
}  // namespace lauebench
