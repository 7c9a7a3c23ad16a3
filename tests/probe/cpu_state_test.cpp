#include "probe/cpu_state.hpp"

#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/kernel_files.hpp"

namespace lauebench {
namespace {

using test::KernelFiles;
using testing::HasSubstr;

constexpr char const* cpu_folder = "sys/devices/system/cpu/";

void put_policy(KernelFiles const& files, std::string const& policy, std::string const& governor,
                std::string const& khz) {
  files.put(cpu_folder + ("cpufreq/" + policy + "/scaling_governor"), governor + "\n");
  files.put(cpu_folder + ("cpufreq/" + policy + "/scaling_cur_freq"), khz + "\n");
}

void put_sensor(KernelFiles const& files, std::string const& hwmon, std::string const& driver,
                std::string const& sensor, std::string const& label, std::string const& millidegrees) {
  files.put("sys/class/hwmon/" + hwmon + "/name", driver + "\n");
  files.put("sys/class/hwmon/" + hwmon + "/" + sensor + "_label", label + "\n");
  files.put("sys/class/hwmon/" + hwmon + "/" + sensor + "_input", millidegrees + "\n");
}

TEST(CpuSettings, GovernorIsThatOfAllProcessors) {
  KernelFiles const files;
  put_policy(files, "policy0", "performance", "3000000");
  put_policy(files, "policy1", "performance", "3000000");
  EXPECT_EQ(std::get<std::string>(read_cpu_settings(files.root()).governor), "performance");
  put_policy(files, "policy2", "powersave", "3000000");
  EXPECT_EQ(std::get<std::string>(read_cpu_settings(files.root()).governor), "performance, powersave");
}

TEST(CpuSettings, TurboIsAskedOfEitherDriver) {
  KernelFiles const files;
  files.put(cpu_folder + std::string("cpufreq/boost"), "0\n");
  EXPECT_FALSE(std::get<bool>(read_cpu_settings(files.root()).turbo));
  files.put(cpu_folder + std::string("intel_pstate/no_turbo"), "0\n");
  EXPECT_TRUE(std::get<bool>(read_cpu_settings(files.root()).turbo));
  files.put(cpu_folder + std::string("intel_pstate/no_turbo"), "1\n");
  EXPECT_FALSE(std::get<bool>(read_cpu_settings(files.root()).turbo));
}

TEST(CpuState, FrequencyIsTheMeanOfAllPolicies) {
  KernelFiles const files;
  put_policy(files, "policy0", "performance", "3000000");
  put_policy(files, "policy1", "performance", "2000000");
  EXPECT_DOUBLE_EQ(std::get<double>(read_cpu_state(files.root()).frequency_mhz), 2500.0);
}

TEST(CpuState, TemperatureIsThatOfTheHottestPackage) {
  KernelFiles const files;
  put_sensor(files, "hwmon0", "coretemp", "temp1", "Package id 0", "61000");
  put_sensor(files, "hwmon0", "coretemp", "temp2", "Core 0", "99000");
  put_sensor(files, "hwmon1", "nvme", "temp1", "Package id 9", "98000");
  put_sensor(files, "hwmon2", "k10temp", "temp1", "Tctl", "72500");
  EXPECT_DOUBLE_EQ(std::get<double>(read_cpu_state(files.root()).temperature_c), 72.5);
}

TEST(CpuState, ThermalZonesServeWhereThereIsNoOtherSensor) {
  KernelFiles const files;
  files.put("sys/class/thermal/thermal_zone0/type", "acpitz\n");
  files.put("sys/class/thermal/thermal_zone0/temp", "90000\n");
  files.put("sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n");
  files.put("sys/class/thermal/thermal_zone1/temp", "48000\n");
  EXPECT_DOUBLE_EQ(std::get<double>(read_cpu_state(files.root()).temperature_c), 48.0);
}

TEST(CpuState, WhatTheKernelDoesNotShowHasAReason) {
  KernelFiles const files;
  EXPECT_THAT(std::get<Unknown>(read_cpu_settings(files.root()).governor).reason, HasSubstr("cpufreq"));
  EXPECT_THAT(std::get<Unknown>(read_cpu_settings(files.root()).turbo).reason, HasSubstr("no_turbo"));
  EXPECT_THAT(std::get<Unknown>(read_cpu_state(files.root()).frequency_mhz).reason, HasSubstr("cpufreq"));
  EXPECT_THAT(std::get<Unknown>(read_cpu_state(files.root()).temperature_c).reason, HasSubstr("sensor"));
}

}  // namespace
}  // namespace lauebench
