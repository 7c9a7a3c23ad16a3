#include "bench/trace_writer.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace lauebench {
namespace {

constexpr double us_per_s = 1e6;

/// Behind an event that stands there already.
void append_event(std::string& events, Json const& event) { events.append(",\n").append(to_line(event)); }

Json metadata(char const* name, int process, int track, Json arguments) {
  return {{"name", name}, {"ph", "M"}, {"pid", process}, {"tid", track}, {"args", std::move(arguments)}};
}

void name_process(std::string& events, int process, std::string const& name) {
  append_event(events, metadata("process_name", process, 0, {{"name", name}}));
  append_event(events, metadata("process_sort_index", process, 0, {{"sort_index", process}}));
}

/// A complete event: one with a beginning and a duration.
Json complete_event(std::string_view name, int process, int track, double begin_us, double duration_s) {
  return {{"name", name}, {"ph", "X"},      {"pid", process},
          {"tid", track}, {"ts", begin_us}, {"dur", us_per_s * duration_s}};
}

}  // namespace

TraceWriter::TraceWriter(std::filesystem::path const& path, Nodes const& nodes, std::string const& session_id,
                         double launch_start_s)
    : file_(trace_file(path)), nodes_(nodes), launch_start_s_(launch_start_s) {
  Json const about = {{"session_id", session_id}, {"zero_monotonic_s", launch_start_s}};
  std::string text = fmt::format(R"({},"pid":{},"args":{}}})", trace_opening, nodes_.count, to_line(about));
  for (int node = 0; node < nodes_.count; ++node) {
    name_process(text, node, fmt::format("node {}: {}", node, nodes_.host_of(node)));
  }
  name_process(text, nodes_.count, "runs");
  file_.append(text);
}

void TraceWriter::add(RunIdentity const& identity, RunRecord const& record) {
  std::string events;
  double first_start_s = record.ranks.front().outcome.start_s;
  for (RankReport const& report : record.ranks) {
    first_start_s = std::min(first_start_s, report.outcome.start_s);
  }
  Json run = complete_event(identity.point.id, nodes_.count, 0,
                            to_us(record.ranks.front().agreed_start_s, first_start_s), record.total_wall_s);
  run["args"] = {{"point_id", identity.point.id},
                 {"staging_dir", identity.staging_dir},
                 {"run_index", identity.planned.run_index},
                 {"order_index", identity.order_index},
                 {"run_id", identity.run_id},
                 {"warmup", identity.planned.kind == RunKind::warmup},
                 {"success", record.success}};
  append_event(events, run);
  for (RankReport const& report : record.ranks) {
    add_rank(events, report);
  }
  file_.append(events);
}

void TraceWriter::add_rank(std::string& events, RankReport const& report) {
  if (!report.outcome.intervals) {
    return;  // it failed before it reconstructed
  }
  for (Phase const phase : all_phases) {
    add_phase(events, report, phase);
  }
}

void TraceWriter::add_phase(std::string& events, RankReport const& report, Phase phase) {
  int const node = nodes_.ranks[static_cast<std::size_t>(report.rank)].node;
  int const track = track_of(report.rank, phase);
  for (Interval const& interval : report.outcome.intervals->of(phase)) {
    if (interval.duration_s() > 0.0) {
      auto const place = report.rank * static_cast<int>(all_phases.size()) + static_cast<int>(phase);
      name_track(events, node, track, place,
                 is_of_pipeline(phase) ? fmt::format("rank {}", report.rank)
                                       : fmt::format("rank {}: {}", report.rank, to_string(phase)));
      append_event(events, complete_event(to_string(phase), node, track, to_us(report.agreed_start_s, interval.begin_s),
                                          interval.duration_s()));
    }
  }
}

void TraceWriter::name_track(std::string& events, int node, int track, int sort_index, std::string const& name) {
  if (named_tracks_.emplace(node, track).second) {
    append_event(events, metadata("thread_name", node, track, {{"name", name}}));
    append_event(events, metadata("thread_sort_index", node, track, {{"sort_index", sort_index}}));
  }
}

/// The pipeline thread's has the rank's own number, the others lie beyond all ranks.
int TraceWriter::track_of(int rank, Phase phase) const {
  int const layer = is_of_pipeline(phase) ? 0 : static_cast<int>(phase) - static_cast<int>(Phase::close);
  return layer * static_cast<int>(nodes_.ranks.size()) + rank;
}

double TraceWriter::to_us(double agreed_start_s, double moment_s) const {
  return us_per_s * (agreed_start_s - launch_start_s_ + moment_s);
}

void TraceWriter::finish() {
  file_.append("\n]\n");
  file_.close();
}

}  // namespace lauebench
