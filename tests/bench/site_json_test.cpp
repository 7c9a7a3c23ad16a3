#include "bench/site_json.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "sample_launch.hpp"

namespace lauebench {
namespace {

TEST(SiteJson, RankComesBackAsItWas) {
  SiteReport const report =
      site_report_from_message(to_message({{{0, 5}, Affinity::not_widened, 77, {5}, Unknown{}}, {}}));
  EXPECT_EQ(report.rank.cpus, (std::vector<int>{0, 5}));
  EXPECT_EQ(report.rank.affinity, Affinity::not_widened);
  EXPECT_EQ(report.rank.available_bytes, 77U);
  EXPECT_EQ(report.rank.launcher_cpus, std::vector<int>{5});
  EXPECT_FALSE(report.host);
}

TEST(SiteJson, HostComesBackWithWhatIsNotKnown) {
  HostFacts host;
  host.hostname = "n1";
  host.platform = "Linux";
  host.kernel = "6.1";
  host.machine = "x86_64";
  host.cpu_model = Unknown{"not\nnamed"};
  host.logical_cpus = 64;
  host.memory_bytes = std::uint64_t{1} << 38U;
  host.load_average = std::array{0.5, 0.25, 0.125};
  host.topology.caches = std::vector{CacheFacts{2, 1 << 20U, 4, 2}};
  host.topology.numa_nodes = 2;
  host.cpu_settings.turbo = Unknown{"not shown"};
  GpuFacts gpu;
  gpu.uuid = "GPU-1";
  gpu.ecc = true;
  host.gpus = std::vector{gpu};
  std::string const message = to_message({{}, host});
  EXPECT_EQ(message.find('\n'), std::string::npos);
  HostFacts const back = site_report_from_message(message).host.value();
  EXPECT_EQ(back.hostname, "n1");
  EXPECT_EQ(back.platform, "Linux");
  EXPECT_EQ(back.kernel, "6.1");
  EXPECT_EQ(back.machine, "x86_64");
  EXPECT_EQ(std::get<Unknown>(back.cpu_model).reason, "not\nnamed");
  EXPECT_EQ(back.logical_cpus, 64);
  EXPECT_EQ(std::get<std::uint64_t>(back.memory_bytes), std::uint64_t{1} << 38U);
  EXPECT_EQ((std::get<std::array<double, 3>>(back.load_average)), (std::array{0.5, 0.25, 0.125}));
  EXPECT_EQ(std::get<std::vector<CacheFacts>>(back.topology.caches).at(0).shared_by_cpus, 2);
  EXPECT_EQ(std::get<int>(back.topology.numa_nodes), 2);
  EXPECT_EQ(std::get<Unknown>(back.cpu_settings.turbo).reason, "not shown");
  EXPECT_EQ(std::get<std::string>(std::get<std::vector<GpuFacts>>(back.gpus).at(0).uuid), "GPU-1");
  EXPECT_TRUE(std::get<bool>(std::get<std::vector<GpuFacts>>(back.gpus).at(0).ecc));
}

TEST(SiteJson, GpuOfARankComesBackOrTheReasonWhyThereIsNone) {
  GpuUse gpu;
  gpu.index = 1;
  gpu.uuid = "GPU-1";
  gpu.pci_bus_id = "0000:C1:00.0";
  gpu.visible = 4;
  GpuUse const back = std::get<GpuUse>(gpu_reading_from_message(to_message(Reading<GpuUse>(gpu))));
  EXPECT_EQ(back.index, 1);
  EXPECT_EQ(back.visible, 4);
  EXPECT_EQ(back.uuid, "GPU-1");
  EXPECT_EQ(back.pci_bus_id, "0000:C1:00.0");
  Reading<GpuUse> const none = Unknown{"no driver"};
  EXPECT_EQ(std::get<Unknown>(gpu_reading_from_message(to_message(none))).reason, "no driver");
}

TEST(SiteJson, NodeHasItsRanksWithTheirCpusAndGpus) {
  LaunchSite site = test::sample_site({1, 2});
  GpuUse gpu;
  gpu.uuid = "GPU-1";
  gpu.visible = 2;
  site.ranks[2].gpu = gpu;
  site.ranks[2].launcher_cpus = {1};
  nlohmann::ordered_json const node = node_to_json(site, 1);
  EXPECT_EQ(node.at("hostname"), "n1");
  EXPECT_EQ(node.at("ranks_per_node"), 2);
  EXPECT_EQ(node.at("ranks").at(0).at("unavailable").dump(), R"({"gpu":"the grid has no GPU points"})");
  EXPECT_EQ(node.at("ranks").at(1).at("rank"), 2);
  EXPECT_EQ(node.at("ranks").at(1).at("gpu").dump(), R"({"index":0,"uuid":"GPU-1","pci_bus_id":"","visible_gpus":2})");
  EXPECT_EQ(node.at("ranks").at(1).at("launcher_cpus").dump(), "[1]");
  EXPECT_EQ(node.at("ranks").at(1).at("affinity"), "widened");
}

TEST(SiteJson, TextThatIsNoReportIsAnError) {
  EXPECT_THROW(static_cast<void>(site_report_from_message("{}")), std::runtime_error);
}

}  // namespace
}  // namespace lauebench
