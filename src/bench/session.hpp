#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// Names and labels of one launch. Wall-clock time is a label here, never a difference.
namespace lauebench {

using WallTime = std::chrono::system_clock::time_point;

/// UTC as "20250812T150102Z", the label that records and output folders carry.
[[nodiscard]] std::string utc_label(WallTime when);

/// Seconds since 1970-01-01T00:00:00Z, fraction included.
[[nodiscard]] double unix_time_s(WallTime when);

/// A random UUID (version 4, RFC 4122) in lower case.
[[nodiscard]] std::string make_session_id();

/// A random seed for the order of runs; below 2^53, so that every JSON reader keeps all its digits.
[[nodiscard]] std::uint64_t draw_seed();

/// "<label>-<counter>": two runs in one second never share a folder.
[[nodiscard]] std::string make_run_id(std::string_view label, int counter);

}  // namespace lauebench
