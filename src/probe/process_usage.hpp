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

}  // namespace lauebench
