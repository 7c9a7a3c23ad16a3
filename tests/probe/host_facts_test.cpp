#include "probe/host_facts.hpp"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(HostFacts, X86NamesItsModel) {
  std::string const cpuinfo = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) CPU @ 2.00GHz\n";
  EXPECT_EQ(std::get<std::string>(cpu_model_from(cpuinfo)), "Intel(R) Xeon(R) CPU @ 2.00GHz");
}

TEST(HostFacts, ArmNamesImplementerAndPart) {
  std::string const cpuinfo = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n";
  EXPECT_EQ(std::get<std::string>(cpu_model_from(cpuinfo)), "implementer 0x41 part 0xd40");
}

TEST(HostFacts, UnknownModelHasAReason) {
  EXPECT_THAT(std::get<Unknown>(cpu_model_from("processor : 0\n")).reason, HasSubstr("/proc/cpuinfo"));
}

TEST(HostFacts, TheServiceThatSharesGpusIsKnownByItsPipe) {
  test::TemporaryFolder const folder;
  ::setenv("CUDA_MPS_PIPE_DIRECTORY", folder.path().c_str(), 1);
  EXPECT_FALSE(read_host_facts().gpu_sharing_service);
  std::ofstream(folder / "control") << "";
  EXPECT_TRUE(read_host_facts().gpu_sharing_service);
  ::unsetenv("CUDA_MPS_PIPE_DIRECTORY");
}

TEST(HostFacts, ThisMachineIsKnown) {
  HostFacts const facts = read_host_facts();
  EXPECT_FALSE(facts.hostname.empty());
  EXPECT_THAT(facts.platform, StartsWith("Linux-"));
  EXPECT_GE(facts.logical_cpus, 1);
  EXPECT_GT(std::get<std::uint64_t>(facts.memory_bytes), std::uint64_t{1} << 26U);
}

}  // namespace
}  // namespace lauebench
