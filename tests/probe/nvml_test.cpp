#include "probe/nvml.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Nvml, TellsWhatAGpuIs) {
  auto const gpus = std::get<std::vector<GpuFacts>>(Nvml(LAUEBENCH_FAKE_NVML).gpus());
  ASSERT_EQ(gpus.size(), 1U);
  EXPECT_EQ(std::get<std::string>(gpus[0].name), "Fake GPU");
  EXPECT_EQ(std::get<std::string>(gpus[0].uuid), "GPU-00000000-0000-0000-0000-00000000000f");
  EXPECT_EQ(std::get<std::string>(gpus[0].pci_bus_id), "00000000:C1:00.0");
  EXPECT_EQ(std::get<std::uint64_t>(gpus[0].memory_bytes), std::uint64_t{64} << 30U);
  EXPECT_DOUBLE_EQ(std::get<double>(gpus[0].power_limit_w), 450.5);
  EXPECT_EQ(std::get<Unknown>(gpus[0].ecc).reason, "nvmlDeviceGetEccMode: Not Supported");
  EXPECT_FALSE(std::get<bool>(gpus[0].mig));
}

TEST(Nvml, TellsHowAGpuStands) {
  Nvml const library(LAUEBENCH_FAKE_NVML);
  GpuState const before = library.state("0000:C1:00.0");
  GpuState const after = library.state("0000:C1:00.0");
  EXPECT_DOUBLE_EQ(std::get<double>(after.energy_j) - std::get<double>(before.energy_j), 5.0);
  EXPECT_DOUBLE_EQ(std::get<double>(after.power_w), 123.5);
  EXPECT_EQ(std::get<std::uint64_t>(after.memory_used_bytes), std::uint64_t{4} << 30U);
  EXPECT_EQ(std::get<std::uint64_t>(library.memory_used_bytes("0000:C1:00.0")), std::uint64_t{4} << 30U);
  EXPECT_DOUBLE_EQ(std::get<double>(after.sm_clock_mhz), 1980.0);
  EXPECT_DOUBLE_EQ(std::get<double>(after.memory_clock_mhz), 2619.0);
  EXPECT_DOUBLE_EQ(std::get<double>(after.temperature_c), 61.0);
  EXPECT_THAT(std::get<std::vector<std::string>>(after.throttle_reasons),
              ElementsAre("sw_power_cap", "hw_thermal_slowdown"));
}

TEST(Nvml, GpuThatIsNotThereIsUnknown) {
  GpuState const state = Nvml(LAUEBENCH_FAKE_NVML).state("0000:01:00.0");
  EXPECT_EQ(std::get<Unknown>(state.energy_j).reason, "nvmlDeviceGetHandleByPciBusId_v2: Not Found");
  EXPECT_EQ(std::get<Unknown>(state.throttle_reasons).reason, "nvmlDeviceGetHandleByPciBusId_v2: Not Found");
  auto const memory = Nvml(LAUEBENCH_FAKE_NVML).memory_used_bytes("0000:01:00.0");
  EXPECT_EQ(std::get<Unknown>(memory).reason, "nvmlDeviceGetHandleByPciBusId_v2: Not Found");
}

TEST(Nvml, MissingLibraryIsTheReasonForEverything) {
  Nvml const library("libno-such-nvml.so.1");
  EXPECT_THAT(std::get<Unknown>(library.gpus()).reason, HasSubstr("libno-such-nvml.so.1"));
  EXPECT_THAT(std::get<Unknown>(library.state("0000:01:00.0").power_w).reason, HasSubstr("libno-such-nvml.so.1"));
}

TEST(Nvml, LibraryOfAnotherKindIsNone) {
  EXPECT_EQ(std::get<Unknown>(Nvml("libc.so.6").gpus()).reason, "libnvidia-ml.so.1 has no nvmlInit_v2");
}

}  // namespace
}  // namespace lauebench
