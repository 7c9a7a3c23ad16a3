#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "bench/records_json.hpp"
#include "bench/side_file.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {

/// What every trace begins with: a file that begins otherwise is none of ours.
inline constexpr std::string_view trace_opening = "[\n{\"name\":\"laue_bench_trace\",\"ph\":\"M\"";

/// Writes the phases of every rank of every run on the launch's timeline as a Chrome trace, in the array form of it:
/// the closing bracket may be missing there, so the file of a launch that was killed still opens. A process is a node,
/// with a track for each rank's pipeline thread and one for each of its phases that overlap with that; a process behind
/// the nodes has the runs. Time is 0 when the launch began; the first event tells what rank 0's
/// monotonic clock showed then. Phases of no duration are left out.
class TraceWriter {
 public:
  /// Replaces the file that is there. `nodes` must outlive the writer; `launch_start_s` is on rank 0's clock
  /// (monotonic_s). Throws Error (io_error), as do the others, also when the file was removed, moved, replaced or cut
  /// since.
  TraceWriter(std::filesystem::path const& path, Nodes const& nodes, std::string const& session_id,
              double launch_start_s);

  /// Appends a run in one piece.
  void add(RunIdentity const& identity, RunRecord const& record);

  /// Closes the array.
  void finish();

 private:
  void add_rank(std::string& events, RankReport const& report);
  void add_phase(std::string& events, RankReport const& report, Phase phase);
  void name_track(std::string& events, int node, int track, int sort_index, std::string const& name);
  [[nodiscard]] int track_of(int rank, Phase phase) const;
  [[nodiscard]] double to_us(double agreed_start_s, double moment_s) const;

  SideFileWriter file_;
  Nodes const& nodes_;
  double launch_start_s_;
  std::set<std::pair<int, int>> named_tracks_;  ///< node and track
};

}  // namespace lauebench
