#include "bench/site_json.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(SiteJson, RankComesBackAsItWas) {
  SiteReport const report = site_report_from_message(to_message({{{0, 5}, Affinity::not_widened, 77}, {}}));
  EXPECT_EQ(report.rank.cpus, (std::vector<int>{0, 5}));
  EXPECT_EQ(report.rank.affinity, Affinity::not_widened);
  EXPECT_EQ(report.rank.available_bytes, 77U);
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
}

TEST(SiteJson, TextThatIsNoReportIsAnError) {
  EXPECT_THROW(static_cast<void>(site_report_from_message("{}")), std::runtime_error);
}

}  // namespace
}  // namespace lauebench
