#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "bench/side_file.hpp"
#include "probe/node_load.hpp"
#include "probe/reading.hpp"

namespace lauebench {

/// What every telemetry file begins with: a file that begins otherwise is none of ours.
inline constexpr std::string_view telemetry_opening = R"({"type":"telemetry",)";

/// Writes how this node stands, every second while it lives, a JSON line each (configs/schema/telemetry.schema.json),
/// for people who follow a launch: nothing is timed by it. One that can be written no more is given up with a warning:
/// it is not worth a run.
class TelemetryWriter {
 public:
  /// Replaces the file that is there. Throws Error as SideFileWriter; without a thread it warns and writes no more.
  TelemetryWriter(std::filesystem::path const& path, std::string session_id);

  /// What ranks are at from now on: the name of a run; empty: nothing.
  void set_running(std::string name);

 private:
  void write_until_stopped(std::stop_token const& stop);
  void write_line();
  [[nodiscard]] Reading<double> busy_since_last(Reading<CpuTimes> const& now);

  SideFileWriter file_;
  std::string session_id_;
  Reading<CpuTimes> last_;
  std::mutex mutex_;  ///< of what follows
  std::string running_;
  std::jthread thread_;  ///< the last member: it ends before what it uses
};

}  // namespace lauebench
