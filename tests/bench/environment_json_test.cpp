#include "bench/environment_json.hpp"

#include <array>
#include <cstdint>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(EnvironmentJson, UnknownValuesAreNullWithTheirReasonBeside) {
  Environment environment = read_environment();
  environment.cuda_driver = Unknown{"no libcuda.so.1"};
  environment.slurm = SlurmJob{{{"job_id", "42"}, {"partition", Unknown{"not set"}}}, 3600};
  environment.mpi_io = "ompio";
  environment.omp_proc_bind = "false";
  nlohmann::ordered_json const json = to_json(environment);
  EXPECT_TRUE(json.at("cuda_driver").is_null());
  EXPECT_EQ(json.at("unavailable").at("cuda_driver"), "no libcuda.so.1");
  EXPECT_EQ(json.at("unavailable").at("cuda_runtime"), "the CUDA module was not asked for: the grid has no GPU points");
  EXPECT_FALSE(json.at("unavailable").contains("omp_proc_bind"));
  EXPECT_EQ(json.at("mpi_io"), "ompio");
  EXPECT_EQ(json.at("slurm").dump(),
            R"({"job_id":"42","partition":null,"unavailable":{"partition":"not set"},"time_limit_s":3600})");
  EXPECT_EQ(json.at("omp_proc_bind"), "false");
}

TEST(EnvironmentJson, NothingIsUnavailableWhereAllIsKnown) {
  Environment environment = read_environment();
  environment.cuda_driver = "13.0";
  environment.mpi_io = "ompio";
  BackendFacts cuda{"cuda", ModuleFacts{}};
  std::get<ModuleFacts>(cuda.module).info.cuda_runtime = "12.8";
  environment.backends.push_back(cuda);
  environment.slurm = SlurmJob{};
  environment.omp_proc_bind = "false";
  nlohmann::ordered_json const json = to_json(environment);
  EXPECT_FALSE(json.contains("unavailable"));
  EXPECT_EQ(json.at("cuda_runtime"), "12.8");
}

TEST(EnvironmentJson, UsableBackendSaysWhatItIs) {
  BackendFacts backend{"cuda", {}};
  backend.module = ModuleFacts{"/lib/liblauebench_cuda_sm90.so",
                               {"cuda",
                                "sm_90",
                                "4.5.1",
                                "nvcc 13.0",
                                "-O3 -arch=sm_90",
                                {{0, "H100", "GPU-1", "0000:01:00.0", std::uint64_t{80} << 30U, 90}},
                                "13.0"}};
  nlohmann::ordered_json const json = to_json(backend);
  EXPECT_EQ(json.at("usable"), true);
  EXPECT_EQ(json.at("module"), "/lib/liblauebench_cuda_sm90.so");
  EXPECT_EQ(json.at("architecture"), "sm_90");
  EXPECT_EQ(json.at("flags"), "-O3 -arch=sm_90");
  EXPECT_EQ(json.at("devices").at(0).at("compute_capability"), 90);
  EXPECT_FALSE(json.contains("reason"));
}

TEST(EnvironmentJson, UnusableBackendSaysWhy) {
  EXPECT_EQ(to_json(BackendFacts{"cuda", Unknown{"no driver"}}).dump(),
            R"({"name":"cuda","usable":false,"reason":"no driver"})");
}

TEST(EnvironmentJson, HostHasItsFacts) {
  HostFacts host;
  host.hostname = "n1";
  host.cpu_model = Unknown{"not named"};
  host.logical_cpus = 64;
  host.memory_bytes = std::uint64_t{1} << 38U;
  host.load_average = std::array{0.5, 0.25, 0.125};
  host.topology.caches = std::vector{CacheFacts{3, std::uint64_t{32} << 20U, 2, 8}};
  host.cpu_settings = {Unknown{"no cpufreq"}, true};
  host.cgroup_cpus = 1.5;
  GpuFacts gpu;
  gpu.power_limit_w = 450.5;
  gpu.ecc = Unknown{"Not Supported"};
  gpu.mig = true;
  host.gpu_sharing_service = true;
  host.gpus = std::vector{gpu};
  nlohmann::ordered_json const json = to_json(host);
  EXPECT_EQ(json.at("logical_cpus"), 64);
  EXPECT_EQ(json.at("load_average").dump(), "[0.5,0.25,0.125]");
  EXPECT_EQ(json.at("unavailable").at("cpu_model"), "not named");
  EXPECT_EQ(json.at("caches").dump(), R"([{"level":3,"bytes":33554432,"count":2,"shared_by_cpus":8}])");
  EXPECT_EQ(json.at("unavailable").at("governor"), "no cpufreq");
  EXPECT_EQ(json.at("turbo"), true);
  EXPECT_EQ(json.at("cgroup_cpus"), 1.5);
  EXPECT_EQ(json.at("gpus").at(0).at("power_limit_w"), 450.5);
  EXPECT_EQ(json.at("gpus").at(0).at("unavailable").dump(), R"({"ecc":"Not Supported"})");
  EXPECT_EQ(json.at("gpus").at(0).at("mig"), true);
  EXPECT_EQ(json.at("mps"), true);
}

}  // namespace
}  // namespace lauebench
