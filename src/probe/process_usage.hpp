#pragma once

#include <cstdint>
#include <optional>

namespace lauebench {

/// What the kernel has counted for this process, all threads together.
struct ProcessUsage {
  double user_s = 0.0;
  double system_s = 0.0;
  std::int64_t voluntary_switches = 0;    ///< a thread waited
  std::int64_t involuntary_switches = 0;  ///< a thread was made to wait for others
  std::int64_t minor_faults = 0;          ///< pages that memory had
  std::int64_t major_faults = 0;          ///< pages that had to be read
  /// By system calls, from wherever it came and wherever it went, and by block devices; empty where /proc/self/io
  /// cannot be read. Pages of a file that is mapped count at the device alone.
  std::optional<std::int64_t> read_by_calls_bytes;
  std::optional<std::int64_t> written_by_calls_bytes;
  std::optional<std::int64_t> read_from_device_bytes;
  std::optional<std::int64_t> written_to_device_bytes;
};

/// Since the process began.
[[nodiscard]] ProcessUsage process_usage();

/// What was counted between two readings.
[[nodiscard]] ProcessUsage operator-(ProcessUsage const& later, ProcessUsage const& earlier);

/// `visit(name, member)` for each; `Usage` may be const.
template <class Usage, class Visit>
void for_each_count(Usage& usage, Visit&& visit) {
  visit("user_s", usage.user_s);
  visit("system_s", usage.system_s);
  visit("voluntary_switches", usage.voluntary_switches);
  visit("involuntary_switches", usage.involuntary_switches);
  visit("minor_faults", usage.minor_faults);
  visit("major_faults", usage.major_faults);
  visit("read_by_calls_bytes", usage.read_by_calls_bytes);
  visit("written_by_calls_bytes", usage.written_by_calls_bytes);
  visit("read_from_device_bytes", usage.read_from_device_bytes);
  visit("written_to_device_bytes", usage.written_to_device_bytes);
}

}  // namespace lauebench
