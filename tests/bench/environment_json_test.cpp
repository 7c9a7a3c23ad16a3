#include "bench/environment_json.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

TEST(EnvironmentJson, UnknownValuesAreNullWithTheirReasonBeside) {
  Environment environment = read_environment();
  environment.cuda_driver = Unknown{"no libcuda.so.1"};
  environment.slurm = SlurmJob{{"job_id", "42"}};
  environment.omp_proc_bind = "false";
  nlohmann::ordered_json const json = to_json(environment);
  EXPECT_TRUE(json.at("cuda_driver").is_null());
  EXPECT_EQ(json.at("unavailable").dump(), R"({"cuda_driver":"no libcuda.so.1"})");
  EXPECT_EQ(json.at("slurm").dump(), R"({"job_id":"42"})");
  EXPECT_EQ(json.at("omp_proc_bind"), "false");
}

TEST(EnvironmentJson, NothingIsUnavailableWhereAllIsKnown) {
  Environment environment = read_environment();
  environment.cuda_driver = "13.0";
  environment.slurm = SlurmJob{};
  environment.omp_proc_bind = "false";
  EXPECT_FALSE(to_json(environment).contains("unavailable"));
}

TEST(EnvironmentJson, UsableBackendSaysWhatItIs) {
  BackendFacts backend{"cuda", {}};
  backend.module = ModuleFacts{
      "/lib/liblauebench_cuda_sm90.so",
      {"cuda", "sm_90", "4.5.1", "nvcc 13.0", {{0, "H100", "GPU-1", "0000:01:00.0", std::uint64_t{80} << 30U, 90}}}};
  nlohmann::ordered_json const json = to_json(backend);
  EXPECT_EQ(json.at("usable"), true);
  EXPECT_EQ(json.at("module"), "/lib/liblauebench_cuda_sm90.so");
  EXPECT_EQ(json.at("architecture"), "sm_90");
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
  nlohmann::ordered_json const json = to_json(host);
  EXPECT_EQ(json.at("logical_cpus"), 64);
  EXPECT_EQ(json.at("load_average").dump(), "[0.5,0.25,0.125]");
  EXPECT_EQ(json.at("unavailable").at("cpu_model"), "not named");
}

}  // namespace
}  // namespace lauebench
