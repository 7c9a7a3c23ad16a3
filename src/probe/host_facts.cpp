#include "probe/host_facts.hpp"

#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cluster/cgroup.hpp"
#include "cluster/launch_environment.hpp"
#include "probe/node_load.hpp"
#include "probe/text_file.hpp"

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

namespace lauebench {
namespace {

std::string libc_name() {
#if defined(__GLIBC__)
  return fmt::format("-with-glibc{}", gnu_get_libc_version());
#else
  return "";
#endif
}

template <class Value>
Reading<Value> cgroup_limit(std::optional<Value> const& limit) {
  return limit ? Reading<Value>(*limit) : Unknown{"no cgroup of this process sets a limit"};
}

/// Whether the multi-process service's daemon has its pipe where CUDA looks for it.
bool is_mps_ready() {
  auto const folder = environment_variable("CUDA_MPS_PIPE_DIRECTORY");
  std::error_code unreadable;
  return std::filesystem::exists(std::filesystem::path(folder.value_or("/tmp/nvidia-mps")) / "control", unreadable);
}

}  // namespace

Reading<std::string> cpu_model_from(std::string_view cpuinfo) {
  if (auto model = value_of(cpuinfo, "model name"); model && !model->empty()) {
    return *model;
  }
  if (auto const part = value_of(cpuinfo, "CPU part")) {
    return fmt::format("implementer {} part {}", value_of(cpuinfo, "CPU implementer").value_or("unknown"), *part);
  }
  if (auto cpu = value_of(cpuinfo, "cpu")) {
    return *cpu;
  }
  return Unknown{"/proc/cpuinfo names no model"};
}

HostFacts read_host_facts() {
  utsname names{};
  ::uname(&names);
  HostFacts facts;
  facts.hostname = names.nodename;
  facts.platform = fmt::format("{}-{}-{}{}", names.sysname, names.release, names.machine, libc_name());
  facts.kernel = fmt::format("{} {}", names.release, names.version);
  facts.machine = names.machine;
  facts.cpu_model = cpu_model_from(text_of("/proc/cpuinfo"));
  facts.logical_cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  facts.topology = read_topology();
  facts.cpu_settings = read_cpu_settings();
  facts.memory_bytes = memory_from(text_of("/proc/meminfo"));
  CgroupLimits const limits = cgroup_limits();
  facts.cgroup_memory_bytes = cgroup_limit(limits.memory_bytes);
  facts.cgroup_cpus = cgroup_limit(limits.cpus);
  facts.load_average = load_average_from(text_of("/proc/loadavg"));
  facts.gpus = nvml().gpus();
  facts.gpu_sharing_service = is_mps_ready();
  return facts;
}

}  // namespace lauebench
