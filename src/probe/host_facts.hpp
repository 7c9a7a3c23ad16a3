#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "probe/cpu_state.hpp"
#include "probe/nvml.hpp"
#include "probe/reading.hpp"
#include "probe/topology.hpp"

namespace lauebench {

/// One node as the process that asks sees it.
struct HostFacts {
  std::string hostname;
  std::string platform;  ///< "Linux-6.1.0-x86_64-with-glibc2.36"
  std::string kernel;    ///< release and version of the kernel
  std::string machine;   ///< "x86_64"
  Reading<std::string> cpu_model;
  int logical_cpus = 0;  ///< online on the node, whether this process may use them or not
  Topology topology;
  CpuSettings cpu_settings;
  Reading<std::uint64_t> memory_bytes;
  Reading<std::uint64_t> cgroup_memory_bytes;   ///< the tightest limit of this process's cgroup and those above it
  Reading<double> cgroup_cpus;                  ///< likewise, seconds of CPU time per second
  Reading<std::array<double, 3>> load_average;  ///< over 1, 5 and 15 minutes
  Reading<std::vector<GpuFacts>> gpus;          ///< whether the launch uses them or not
  bool gpu_sharing_service = false;             ///< NVIDIA's (MPS) stands ready to serve this process
};

[[nodiscard]] HostFacts read_host_facts();

/// The model's name from the text of /proc/cpuinfo (x86: "model name", else "CPU part" with its implementer, or "cpu").
[[nodiscard]] Reading<std::string> cpu_model_from(std::string_view cpuinfo);

}  // namespace lauebench
