#pragma once

#include <filesystem>
#include <string>

#include "bench/launch.hpp"
#include "bench/records_json.hpp"
#include "sample_reports.hpp"

namespace lauebench::test {

inline constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

/// A site of nodes called n0, n1, ... with the given numbers of ranks; every rank sees 8 GiB.
inline LaunchSite sample_site(std::vector<int> const& ranks_per_node) {
  LaunchSite site;
  site.nodes.count = static_cast<int>(ranks_per_node.size());
  for (int node = 0; node < site.nodes.count; ++node) {
    int const local_size = ranks_per_node[static_cast<std::size_t>(node)];
    std::string const host = "n" + std::to_string(node);
    for (int local_rank = 0; local_rank < local_size; ++local_rank) {
      site.nodes.ranks.push_back({node, local_rank, local_size, host});
      site.ranks.push_back({{0, 1}, Affinity::widened, 8 * gib, {0, 1}, RankSite().gpu});
    }
    HostFacts facts;
    facts.hostname = host;
    facts.platform = "Linux-test";
    site.hosts.push_back(facts);
  }
  return site;
}

/// A launch of two CPU points, two runs each, and one skipped GPU point, whose results file is <folder>/results.jsonl.
inline Launch sample_launch(std::filesystem::path const& folder) {
  Launch launch;
  launch.config.h5 = {"/data/scan.h5"};
  launch.config.geometry = "/data/geometry.xml";
  launch.config.staging_dirs = {"/stage"};
  launch.config.results = folder / "results.jsonl";
  launch.config.reconstruction.depth_range = {0.0, 40.0};
  launch.config.runs = 2;
  launch.config.verbose = 0;
  launch.command_line = {"laue-bench", "run"};
  launch.session_id = "3b241101-e2bb-4255-8caf-4136c566a962";
  launch.site = sample_site({2});
  launch.plan.points = {cpu_point(1, 1), cpu_point(2, 1)};
  launch.plan.skipped = {{{"gpu-p1", Device::gpu, 1, 1}, "no GPU visible"}};
  for (int run = 0; run < launch.config.runs; ++run) {
    for (int point : {1, 0}) {
      launch.plan.runs.push_back({point, run, RunKind::measured});
    }
  }
  launch.plan.most_parallel = 2;
  launch.plan.readers_on_nodes = {2};
  launch.plan.replicas = 2;
  launch.plan.ranks_needed = 2;
  launch.plan.order = Order::random;
  launch.plan.seed = 7;
  launch.plan.plan_id = "00112233445566778899aabbccddeeff";
  launch.needs = {.images = 60,
                  .rows = 48,
                  .columns = 64,
                  .depths = 41,
                  .input_bytes = 1000,
                  .output_bytes = 2000,
                  .output_files = 41};
  return launch;
}

}  // namespace lauebench::test
