#include "bench/records_json.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "bench/accuracy_json.hpp"
#include "bench/cache_json.hpp"
#include "bench/ceilings_json.hpp"
#include "bench/clocks_json.hpp"
#include "bench/environment_json.hpp"
#include "bench/member_names.hpp"
#include "bench/members_json.hpp"
#include "bench/repetition_json.hpp"
#include "bench/site_json.hpp"
#include "bench/stripe_json.hpp"
#include "bench/telemetry_json.hpp"
#include "config/option_value.hpp"
#include "config/words.hpp"
#include "probe/build_info.hpp"

namespace lauebench {
namespace {

void put_unavailable(Json& phases, PhaseTimes const& times) {
  phases["convert_s"] = nullptr;
  phases["unavailable"]["convert_s"] = "each tile is converted as it is resolved; kernel_s holds both";
  if (!times.decompress_s) {
    phases["unavailable"]["decompress_s"] = "HDF5 reads and decompresses in one; read_s holds both";
  }
}

Json usage_to_json(ProcessUsage const& usage) {
  Json json = members_to_json(usage);
  Json unavailable = Json::object();
  for (auto const& [name, count] : json.items()) {
    if (count.is_null()) {
      unavailable[name] = "/proc/self/io cannot be read";
    }
  }
  json["unavailable"] = std::move(unavailable);
  return json;
}

Reading<std::string> digest_of_images(RankReport const& report) {
  if (!report.digest.empty()) {
    return report.digest;
  }
  auto const* const not_looked_at = std::get_if<Unknown>(&report.accuracy);
  return report.outcome.code == ReturnCode::ok && not_looked_at != nullptr ? *not_looked_at
                                                                           : Unknown{"the rank failed"};
}

/// Empty without hints.
std::optional<Json> hints_to_json(std::vector<MpiHint> const& hints) {
  std::optional<Json> json;
  for (MpiHint const& hint : hints) {
    json = json.value_or(Json::object());
    (*json)[hint.key] = hint.value;
  }
  return json;
}

Json per_proc(int i, RankReport const& report) {
  RankOutcome const& outcome = report.outcome;
  Json json = {{"i", i}, {"rank", report.rank}, {"host", report.host}, {"replica", report.replica}};
  json["gpu"] = report.gpu ? to_json(*report.gpu) : Json(nullptr);
  json["cpus"] = report.cores.cpus;
  json["affinity"] = to_string(report.cores.affinity);
  json["start_s"] = outcome.start_s;
  json["end_s"] = outcome.end_s;
  json["elapsed_s"] = outcome.elapsed_s;
  json["success"] = outcome.code == ReturnCode::ok;
  json["return_code"] = static_cast<int>(outcome.code);
  json["error"] = outcome.error.empty() ? Json(nullptr) : Json(outcome.error);
  json["threads_asked"] = outcome.threads_asked;
  json["threads_counted"] = outcome.threads_counted;
  json["backend"] = outcome.backend;
  json["architecture"] = outcome.architecture;
  json["stripes"] = outcome.stripes;
  json["rows_per_stripe"] = outcome.rows_per_stripe;
  json["cutoff_counts"] = outcome.cutoff;
  json["output_type"] = outcome.output_type;
  json["read_path"] = outcome.read_path;
  json["write_path"] = outcome.write_path;
  put(json, "mpi_hints", hints_to_json(outcome.mpi_hints), "MPI-IO opened no shared file, or told no hint");
  json["phases"] = members_to_json(outcome.phases);
  put_unavailable(json["phases"], outcome.phases);
  json["io"] = members_to_json(outcome.io);
  json["memory"] = members_to_json(outcome.memory);
  json["cache"] = to_json(report.cache);
  json["usage"] = usage_to_json(report.usage);
  put(json, "digest", digest_of_images(report));
  json["digest_s"] = report.digest_s;
  put(json, "digest_resident", report.digest_resident);
  put(json, "read_back_s", report.read_back_s);
  put(json, "accuracy", report.accuracy);
  return json;
}

/// One of several figures that are known together or not at all, which has the `reason`.
template <class Figures>
void put_figure(Json& json, char const* name, std::optional<Figures> const& figures, double Figures::*member,
                char const* reason) {
  put(json, name, figures ? std::optional((*figures).*member) : std::nullopt, reason);
}

void put_rates(Json& json, std::optional<RunRates> const& rates) {
  using Member = std::pair<char const*, double RunRates::*>;
  for (auto const& [name, member] :
       {Member{"throughput_per_min", &RunRates::throughput_per_min},
        Member{"pixel_steps_per_s", &RunRates::pixel_steps_per_s},
        Member{"depth_voxels_per_s", &RunRates::depth_voxels_per_s}, Member{"bytes_per_s", &RunRates::bytes_per_s}}) {
    put_figure(json, name, rates, member, "a rank failed");
  }
}

void put_percentiles(Json& record, std::optional<SampleStatistics> const& statistics) {
  using Member = std::pair<char const*, double SampleStatistics::*>;
  for (auto const& [name, member] : {Member{"min", &SampleStatistics::min}, Member{"p50", &SampleStatistics::p50},
                                     Member{"p90", &SampleStatistics::p90}, Member{"p95", &SampleStatistics::p95},
                                     Member{"p99", &SampleStatistics::p99}, Member{"max", &SampleStatistics::max},
                                     Member{"mean", &SampleStatistics::mean}}) {
    put_figure(record, name, statistics, member, "no successful run");
  }
}

}  // namespace

Json record_head(char const* type, RecordStamp const& stamp) {
  return {{"type", type},
          {"ts", utc_label(stamp.when)},
          {"unix_time_s", unix_time_s(stamp.when)},
          {"session_id", stamp.session_id}};
}

void put_point(Json& record, std::string const& staging_dir, GridPoint const& point) {
  record["point_id"] = point.id;
  record["staging_dir"] = staging_dir;
  record["mode"] = point.device == Device::cpu ? "cpu" : "gpu";
  record["parallel"] = point.parallel;
  if (point.device == Device::cpu) {
    record["threads"] = point.threads;
  }
  record["precision"] = to_word(point.precision);
  record["output_layout"] = to_word(point.output_layout);
  record["output_compression"] = CompressionText{}.to_json(point.output_gzip_level);
}

Json scan_to_json(ReconstructionNeeds const& needs) {
  return {{"images", needs.images},
          {"rows", needs.rows},
          {"columns", needs.columns},
          {"depths", needs.depths},
          {"input_bytes", needs.input_bytes},
          {"output_bytes", needs.output_bytes},
          {"output_files", needs.output_files}};
}

/// Of a list of which a member names the first one, as scripts written for the runner that this program replaces expect
/// it: the whole list goes into `list`.
void keep_first(Json& options, char const* member, char const* list) {
  Json const paths = options.at(member);
  options[member] = paths.is_array() ? paths.front() : paths;
  options[list] = paths.is_array() ? paths : Json::array({paths});
}

Json recorded_options(Json options) {
  keep_first(options, "h5", scans_member);
  keep_first(options, "staging_dir", targets_member);
  Json& limit = options.at("memory_limit_mb");
  options["memory_limit_asked"] = !limit.is_null();
  if (limit.is_null()) {
    limit = MemoryLimit{}.mib;
  }
  return options;
}

Json params_record(RecordStamp const& stamp, Plan const& plan, LaunchDescription const& launch) {
  Json record = record_head("params", stamp);
  record["schema_version"] = build_info().results_schema_version;
  record.update(recorded_options(launch.options));
  record["geometry_checksum"] = launch.geometry_checksum;
  record["order"] = plan.order == Order::grid ? "grid" : "random";
  record["seed"] = plan.seed;
  record["plan_id"] = plan.plan_id;
  record["resumes"] = launch.resumes.empty() ? Json(nullptr) : Json(launch.resumes);
  record["points"] = point_ids(plan);
  record["scan"] = scan_to_json(launch.needs);
  HostFacts const& root_host = launch.site.hosts.front();
  record["host"] = {{"hostname", root_host.hostname}, {"platform", root_host.platform}};
  std::string const& sha = launch.environment.build.git_sha;
  record["git"] = Json::object();
  put(record["git"], "sha", sha.empty() ? std::nullopt : std::optional(sha), "not built in a git checkout");
  record["environment"] = to_json(launch.environment);
  record["environment"]["command_line"] = launch.command_line;
  record["environment"]["nodes"] = Json::array();
  for (int node = 0; node < launch.site.nodes.count; ++node) {
    record["environment"]["nodes"].push_back(node_to_json(launch.site, node));
  }
  return record;
}

Json skip_record(RecordStamp const& stamp, std::string const& staging_dir, SkippedPoint const& skipped) {
  Json record = record_head("skip", stamp);
  put_point(record, staging_dir, skipped.point);
  record["reason"] = skipped.reason;
  return record;
}

Json run_record(RecordStamp const& stamp, RunIdentity const& identity, RunRecord const& run) {
  Json record = record_head(identity.planned.kind == RunKind::warmup ? "warmup" : "run", stamp);
  put_point(record, identity.staging_dir, identity.point);
  record["ranks_on_nodes"] = identity.point.ranks_on_nodes;
  record["run_index"] = identity.planned.run_index;
  record["warmup"] = identity.planned.kind == RunKind::warmup;
  record["order_index"] = identity.order_index;
  record["total_wall_s"] = run.total_wall_s;
  record["start_skew_s"] = run.start_skew_s;
  put_rates(record, run.rates);
  put(record, "imbalance", run.imbalance, "no time passed");
  record["cache"] = to_json(run.cache);
  record["before_run"] = Json::array();
  for (BeforeRun const& before : run.before_run) {
    record["before_run"].push_back(to_json(before));
  }
  record["per_proc"] = Json::array();
  for (std::size_t i = 0; i < run.ranks.size(); ++i) {
    record["per_proc"].push_back(per_proc(static_cast<int>(i), run.ranks[i]));
  }
  record["nodes"] = Json::array();
  for (NodeUse const& node : run.nodes) {
    record["nodes"].push_back(to_json(node));
  }
  record["energy"] = to_json(run.energy);
  record["run_id"] = identity.run_id;
  std::set<int> replicas;
  std::ranges::transform(run.ranks, std::inserter(replicas, replicas.end()), &RankReport::replica);
  record["input_replicas"] = replicas.size();
  record["success"] = run.success;
  record["flags"] = Json::array();
  for (RunFlag const flag : run.flags) {
    record["flags"].push_back(to_string(flag));
  }
  return record;
}

Json summary_record(RecordStamp const& stamp, std::string const& staging_dir, PointResult const& result) {
  Json record = record_head("summary", stamp);
  put_point(record, staging_dir, result.point());
  auto const statistics = result.statistics();
  record["of"] = "total_wall_s";
  record["n"] = result.succeeded();
  record["failed"] = result.failed();
  record["resumed"] = result.resumed();
  put_percentiles(record, statistics);
  put(record, "ceilings", attained_to_json(result), "--ceilings was not given");
  record["energy"] = to_json(result.energy());
  put_repetition(record, result);
  record["flags"] = Json::array();
  for (auto const& [flag, runs] : result.flags()) {
    record["flags"].push_back(to_string(flag));
  }
  return record;
}

std::string_view to_string(LaunchStatus status) {
  constexpr std::array<std::string_view, 3> names{"complete", "failed", "interrupted"};
  return names[static_cast<std::size_t>(status)];
}

Json end_record(RecordStamp const& stamp, Nodes const& nodes, LaunchEnd const& end) {
  Json record = record_head("end", stamp);
  record["status"] = to_string(end.status);
  put(record, "runs_planned", end.runs_planned);
  record["runs_done"] = end.runs_succeeded + end.runs_failed;
  record["runs_succeeded"] = end.runs_succeeded;
  record["runs_failed"] = end.runs_failed;
  record["runs_resumed"] = end.runs_resumed;
  record["points_skipped"] = end.points_skipped;
  record["elapsed_s"] = end.elapsed_s;
  record["after_staging_s"] = end.after_staging_s;
  record["clearing_s"] = end.clearing_s;
  put_clocks(record, nodes, end.clocks);
  record["targets"] = Json::array();
  for (TargetEnd const& target : end.targets) {
    Json& json = record["targets"].emplace_back(Json{{"staging_dir", target.staging_dir}});
    put_stripe(json, "output_stripe", target.output_stripe);
  }
  record["error"] = end.error.empty() ? Json(nullptr) : Json(end.error);
  record["signal"] = end.signal.empty() ? Json(nullptr) : Json(end.signal);
  record["stopped"] = end.stopped ? Json(to_string(*end.stopped)) : Json(nullptr);
  return record;
}

std::string to_line(Json const& record) { return record.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace lauebench
