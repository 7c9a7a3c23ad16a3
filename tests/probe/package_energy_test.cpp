#include "probe/package_energy.hpp"

#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/kernel_files.hpp"

namespace lauebench {
namespace {

using test::KernelFiles;
using testing::HasSubstr;

void put_zone(KernelFiles const& files, std::string const& zone, std::string const& name, std::string const& energy) {
  std::string const folder = "sys/class/powercap/" + zone + "/";
  files.put(folder + "name", name + "\n");
  files.put(folder + "energy_uj", energy + "\n");
  files.put(folder + "max_energy_range_uj", "262143328850\n");
}

double joules_between(PackageCounters const& before, PackageCounters const& after) {
  return std::get<double>(package_joules(before, after, 1.0));
}

TEST(PackageEnergy, IsThatOfAllPackagesTogether) {
  KernelFiles const files;
  put_zone(files, "intel-rapl:0", "package-0", "1000000");
  put_zone(files, "intel-rapl:1", "package-1", "5000000");
  auto const before = read_package_counters(files.root());
  put_zone(files, "intel-rapl:0", "package-0", "3500000");
  put_zone(files, "intel-rapl:1", "package-1", "6000000");
  EXPECT_DOUBLE_EQ(joules_between(before, read_package_counters(files.root())), 3.5);
}

TEST(PackageEnergy, LeavesOutPartsOfPackagesAndWhatHoldsThem) {
  KernelFiles const files;
  for (std::string const energy : {"0", "2000000"}) {
    put_zone(files, "intel-rapl", "control", energy);
    put_zone(files, "intel-rapl:0", "package-0", energy);
    put_zone(files, "intel-rapl:0:0", "core", energy);
    put_zone(files, "intel-rapl:0:1", "dram", energy);
    put_zone(files, "intel-rapl:1", "psys", energy);
    put_zone(files, "intel-rapl-mmio:0", "package-0", energy);
    auto const counters = std::get<std::vector<PackageCounter>>(read_package_counters(files.root()));
    ASSERT_EQ(counters.size(), 1U);
    EXPECT_EQ(counters[0].zone, "intel-rapl:0");
    EXPECT_EQ(std::to_string(counters[0].microjoules), energy);
  }
}

TEST(PackageEnergy, CounterThatBeganAnewIsContinued) {
  KernelFiles const files;
  put_zone(files, "intel-rapl:0", "package-0", "262142328850");
  auto const before = read_package_counters(files.root());
  put_zone(files, "intel-rapl:0", "package-0", "500000");
  EXPECT_DOUBLE_EQ(joules_between(before, read_package_counters(files.root())), 1.5);
}

TEST(PackageEnergy, IsUnknownWhereACounterMayHaveBegunAnewTwice) {
  KernelFiles const files;
  put_zone(files, "intel-rapl:0", "package-0", "1");
  auto const without_limit = read_package_counters(files.root());
  EXPECT_TRUE(std::holds_alternative<double>(package_joules(without_limit, without_limit, 262.0))) << "1000 W";
  EXPECT_EQ(std::get<Unknown>(package_joules(without_limit, without_limit, 263.0)).reason,
            "the counter of intel-rapl:0 may have begun anew more than once in 263 s");
  files.put("sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw", "200000000\n");
  auto const limited = read_package_counters(files.root());
  EXPECT_TRUE(std::holds_alternative<double>(package_joules(limited, limited, 1048.0))) << "250 W";
  EXPECT_TRUE(std::holds_alternative<Unknown>(package_joules(limited, limited, 1049.0)));
}

TEST(PackageEnergy, IsUnknownWithoutPowercap) {
  KernelFiles const files;
  auto const none = read_package_counters(files.root());
  EXPECT_EQ(std::get<Unknown>(none).reason, "the kernel shows no processor package in /sys/class/powercap");
  EXPECT_EQ(std::get<Unknown>(package_joules(none, none, 1.0)).reason, std::get<Unknown>(none).reason);
}

TEST(PackageEnergy, IsUnknownWhereACounterCannotBeRead) {
  KernelFiles const files;
  files.put("sys/class/powercap/intel-rapl:0/name", "package-0\n");
  EXPECT_THAT(std::get<Unknown>(read_package_counters(files.root())).reason, HasSubstr("intel-rapl:0/energy_uj"));
}

TEST(PackageEnergy, IsUnknownWhereThePackagesChanged) {
  KernelFiles const files;
  put_zone(files, "intel-rapl:0", "package-0", "1");
  auto const before = read_package_counters(files.root());
  put_zone(files, "intel-rapl:1", "package-1", "1");
  EXPECT_THAT(std::get<Unknown>(package_joules(before, read_package_counters(files.root()), 1.0)).reason,
              HasSubstr("other processor packages"));
}

}  // namespace
}  // namespace lauebench
