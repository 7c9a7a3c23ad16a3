#include "probe/process_usage.hpp"

#include <fstream>
#include <string>

#include <sys/resource.h>

namespace lauebench {
namespace {

double seconds(timeval const& time) {
  constexpr double seconds_per_microsecond = 1e-6;
  return static_cast<double>(time.tv_sec) + seconds_per_microsecond * static_cast<double>(time.tv_usec);
}

void add_io(ProcessUsage& usage) {
  std::ifstream file("/proc/self/io");
  std::string name;
  std::int64_t bytes = 0;
  while (file >> name >> bytes) {
    if (name == "rchar:") {
      usage.read_by_calls_bytes = bytes;
    } else if (name == "wchar:") {
      usage.written_by_calls_bytes = bytes;
    } else if (name == "read_bytes:") {
      usage.read_from_device_bytes = bytes;
    } else if (name == "write_bytes:") {
      usage.written_to_device_bytes = bytes;
    }
  }
}

std::optional<std::int64_t> difference(std::optional<std::int64_t> later, std::optional<std::int64_t> earlier) {
  return later && earlier ? std::optional(*later - *earlier) : std::nullopt;
}

}  // namespace

ProcessUsage process_usage() {
  rusage counted{};
  ::getrusage(RUSAGE_SELF, &counted);  // cannot fail for a process itself
  ProcessUsage usage;
  usage.user_s = seconds(counted.ru_utime);
  usage.system_s = seconds(counted.ru_stime);
  usage.voluntary_switches = counted.ru_nvcsw;
  usage.involuntary_switches = counted.ru_nivcsw;
  usage.minor_faults = counted.ru_minflt;
  usage.major_faults = counted.ru_majflt;
  add_io(usage);
  return usage;
}

ProcessUsage operator-(ProcessUsage const& later, ProcessUsage const& earlier) {
  return {later.user_s - earlier.user_s,
          later.system_s - earlier.system_s,
          later.voluntary_switches - earlier.voluntary_switches,
          later.involuntary_switches - earlier.involuntary_switches,
          later.minor_faults - earlier.minor_faults,
          later.major_faults - earlier.major_faults,
          difference(later.read_by_calls_bytes, earlier.read_by_calls_bytes),
          difference(later.written_by_calls_bytes, earlier.written_by_calls_bytes),
          difference(later.read_from_device_bytes, earlier.read_from_device_bytes),
          difference(later.written_to_device_bytes, earlier.written_to_device_bytes)};
}

}  // namespace lauebench
