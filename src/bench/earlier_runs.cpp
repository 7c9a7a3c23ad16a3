#include "bench/earlier_runs.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/records_json.hpp"
#include "config/config_json.hpp"
#include "config/error.hpp"
#include "config/json_file.hpp"
#include "config/run_identity.hpp"
#include "config/words.hpp"
#include "probe/build_info.hpp"

namespace lauebench {
namespace {

std::string text_of(Json const& record, char const* member) {
  auto const found = record.find(member);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void require_known_schema(Json const& params, std::filesystem::path const& results) {
  std::string const version = text_of(params, "schema_version");
  std::string const ours = build_info().results_schema_version;
  if (version.substr(0, version.find('.')) != ours.substr(0, ours.find('.'))) {
    throw bad_input(
        fmt::format("cannot resume '{}'", results.string()),
        fmt::format("its schema version is {}, this program's {}", version.empty() ? "not told" : version, ours),
        "give another --results");
  }
}

/// The launch that `params` ends with and those that it resumed, one after the other.
std::set<std::string> sessions_of(std::map<std::string, Json> const& params, std::string session) {
  std::set<std::string> chain;
  while (params.contains(session) && chain.insert(session).second) {
    session = text_of(params.at(session), "resumes");
  }
  return chain;
}

/// The entry of a closed list, whose last one is `last`, that is called `name`.
template <class Enum>
std::optional<Enum> from_name(std::string_view name, Enum last) {
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    if (to_string(static_cast<Enum>(value)) == name) {
      return static_cast<Enum>(value);
    }
  }
  return std::nullopt;
}

bool is_count(Json const& value) {
  return value.is_number_unsigned() && std::in_range<int>(value.get<std::uint64_t>());
}

using Targets = std::vector<std::filesystem::path>;

bool are_strings(Json const& values) { return values.is_array() && std::ranges::all_of(values, &Json::is_string); }

std::vector<DigestedImages> images_in(Json const& record) {
  std::vector<DigestedImages> images;
  auto const precision = from_word<Precision>(text_of(record, "precision"));
  for (Json const& rank : record.value("per_proc", Json::array())) {
    std::string digest = text_of(rank, "digest");
    auto const replica = rank.find("replica");
    if (precision && is_digest(digest) && replica != rank.end() && is_count(*replica)) {
      images.push_back({replica->get<int>(), text_of(rank, "backend"), text_of(rank, "architecture"),
                        text_of(rank, "output_type"), *precision, std::move(digest)});
    }
  }
  return images;
}

/// Empty where the record lacks what it must have, or has what no run in one of these staging folders can have. (The
/// JSON library makes some int of any number.)
std::optional<EarlierRun> run_from(Json const& record, Targets const& targets) try {
  Json const& ranks = record.at("ranks_on_nodes");
  auto const target = std::ranges::find(targets, std::filesystem::path(record.at("staging_dir").get<std::string>()));
  if (target == targets.end() || !is_count(record.at("run_index")) || !ranks.is_array() ||
      !std::ranges::all_of(ranks, is_count)) {
    return std::nullopt;
  }
  EarlierRun run;
  run.target = static_cast<int>(target - targets.begin());
  record.at("point_id").get_to(run.point_id);
  record.at("run_index").get_to(run.run_index);
  ranks.get_to(run.ranks_on_nodes);
  record.at("total_wall_s").get_to(run.total_wall_s);
  if (!(run.total_wall_s > 0.0) || !std::isfinite(run.total_wall_s)) {
    return std::nullopt;
  }
  run.pixel_steps = record.at("pixel_steps_per_s").get<double>() * run.total_wall_s;
  run.cache = from_name(text_of(record.at("cache"), "state"), CacheState::warm_only).value_or(CacheState::unknown);
  for (Json const& name : record.at("flags")) {
    if (auto const flag = from_name(name.get<std::string>(), RunFlag::gpu_needlessly_shared)) {
      run.flags.push_back(*flag);
    }
  }
  run.images = images_in(record);
  return run;
} catch (nlohmann::json::exception const&) {
  return std::nullopt;
}

bool is_done(Json const& record) {
  auto const success = record.find("success");
  return text_of(record, "type") == "run" && success != record.end() && *success == true;
}

/// "resolution is 1.0 there and 0.5 here"; empty where options are the same.
std::string differing_option(Json const& there, Json const& here, RunConfig const& config) {
  auto const identity = nlohmann::json::parse(run_identity(config));
  for (auto const& [name, value] : identity.items()) {
    std::string const member = name == "h5" ? scans_member : name == "staging_dir" ? targets_member : name;
    auto const recorded = there.find(member);
    if (recorded == there.end() || *recorded != here.value(member, Json())) {
      return fmt::format("{} is {} there and {} here", name,
                         recorded == there.end() ? "not recorded" : recorded->dump(),
                         here.value(member, Json()).dump());
    }
  }
  return {};
}

std::string differing_points(Json const& there, Plan const& plan) {
  std::string const here = fmt::format("{}", fmt::join(point_ids(plan), ", "));
  std::string const before = fmt::format("{}", fmt::join(there.at("points").get<std::vector<std::string>>(), ", "));
  return before == here ? "the lists of its grid, or --only, were others, though points were skipped"
                        : fmt::format("its points are {} there and {} here", before, here);
}

/// What is kept of a results file, which may be large.
struct FileContent {
  std::map<std::string, Json> params;                         ///< by session
  std::map<std::string, std::set<std::string>> checksums_of;  ///< replicas, by session
  std::string last_session;
  std::vector<std::pair<std::string, EarlierRun>> done;  ///< with the session
  int unreadable_lines = 0;
};

void keep(FileContent& content, Json const& record, Targets const& targets) {
  std::string const session = text_of(record, "session_id");
  if (text_of(record, "type") == "params") {
    content.params[session] = record;
    content.last_session = session;
  } else if (text_of(record, "type") == "staging") {
    for (Json const& replica : record.value("replicas", Json::array())) {
      content.checksums_of[session].insert(text_of(replica, "checksum"));
    }
  } else if (is_done(record)) {
    if (auto run = run_from(record, targets)) {
      content.done.emplace_back(session, *std::move(run));
    }
  }
}

/// An object where the line is a record.
Json record_in(std::string const& line) {
  bool is_too_deep = false;
  auto const look_at = [&is_too_deep](int depth, Json::parse_event_t, Json const&) {
    is_too_deep = is_too_deep || depth > deepest_json;
    return !is_too_deep;
  };
  Json record = Json::parse(line, look_at, false);
  return is_too_deep ? Json() : record;
}

FileContent read_file(std::filesystem::path const& results, Targets const& targets) {
  std::ifstream file(results);
  if (!file) {
    throw Error(ReturnCode::io_error, fmt::format("cannot read results file '{}'", results.string()),
                std::generic_category().message(errno), "start without --resume, or give another --results");
  }
  FileContent content;
  for (std::string line; std::getline(file, line);) {
    Json const record = record_in(line);
    if (record.is_object()) {
      keep(content, record, targets);
    } else {
      ++content.unreadable_lines;
    }
  }
  return content;
}

/// Each run once, those of the launches in `sessions`.
std::vector<EarlierRun> runs_of(FileContent const& content, std::set<std::string> const& sessions) {
  std::set<std::tuple<std::string, int, int>> seen;
  std::vector<EarlierRun> done;
  for (auto const& [session, run] : content.done) {
    if (sessions.contains(session) && seen.emplace(run.point_id, run.target, run.run_index).second) {
      done.push_back(run);
    }
  }
  return done;
}

/// Version, commit, compiler and flags, JSON; empty where the record has none.
std::string program_in(Json const& params) {
  auto const environment = params.find("environment");
  auto const program = environment == params.end() ? environment : environment->find("program");
  return environment == params.end() || program == environment->end() ? std::string() : program->dump();
}

Error cannot_resume(RunConfig const& config, std::string_view why) {
  return bad_input(fmt::format("cannot resume '{}'", config.results.string()), why,
                   "give the same options, start without --resume, or give another --results");
}

/// The same point on other nodes is other work.
void require_same_places(EarlierRuns const& earlier, RunConfig const& config, Plan const& plan) {
  for (EarlierRun const& run : earlier.done) {
    GridPoint const* const point = find_point(plan, run.point_id, run.target);
    if (point != nullptr && point->ranks_on_nodes != run.ranks_on_nodes) {
      throw cannot_resume(config,
                          fmt::format("{} had {} ranks on the nodes there, and has {} here", run.point_id,
                                      fmt::join(run.ranks_on_nodes, "+"), fmt::join(point->ranks_on_nodes, "+")));
    }
  }
}

void require_same_plan(EarlierRuns const& earlier, RunConfig const& config, Plan const& plan) {
  if (earlier.plan_id == plan.plan_id) {
    return;
  }
  Json const there = Json::parse(earlier.options);
  std::string const option = differing_option(there, recorded_options(to_json(config)), config);
  throw cannot_resume(config,
                      "its last launch had another plan: " + (option.empty() ? differing_points(there, plan) : option));
}

/// Summaries of more runs than were asked for would say nothing of what was asked.
void require_no_fewer_runs(EarlierRuns const& earlier, RunConfig const& config, Plan const& plan) {
  if (!fixes_number_of_runs(plan)) {
    return;
  }
  int const asked = config.runs.value_or(1);
  for (EarlierRun const& run : earlier.done) {
    if (run.run_index >= asked) {
      throw cannot_resume(
          config, fmt::format("it has run {} of {} already, and --runs is {}", run.run_index, run.point_id, asked));
    }
  }
}

}  // namespace

std::optional<EarlierRuns> runs_to_resume(RunConfig const& config) {
  std::error_code unreadable;
  if (config.resume == Resume::no || !std::filesystem::exists(config.results, unreadable) || unreadable) {
    return std::nullopt;
  }
  FileContent const content = read_file(config.results, config.staging_dirs);
  if (content.params.empty()) {
    return std::nullopt;
  }
  Json const& last = content.params.at(content.last_session);
  require_known_schema(last, config.results);
  EarlierRuns earlier;
  earlier.session_id = content.last_session;
  earlier.plan_id = text_of(last, "plan_id");
  if (!last.contains("seed") || !last.at("seed").is_number_unsigned() || !last.contains("points") ||
      !are_strings(last.at("points"))) {
    throw cannot_resume(config, "the params record of its last launch lacks seed or points");
  }
  last.at("seed").get_to(earlier.seed);
  earlier.options = last.dump();
  earlier.geometry_checksum = text_of(last, "geometry_checksum");
  if (auto const staged = content.checksums_of.find(earlier.session_id); staged != content.checksums_of.end()) {
    earlier.replica_checksums = staged->second;
  }
  earlier.unreadable_lines = content.unreadable_lines;
  earlier.done = runs_of(content, sessions_of(content.params, earlier.session_id));
  earlier.program = program_in(last);
  return earlier;
}

void require_same_work(EarlierRuns const& earlier, RunConfig const& config, Plan const& plan) {
  require_same_plan(earlier, config, plan);
  require_same_places(earlier, config, plan);
  require_no_fewer_runs(earlier, config, plan);
}

void require_same_content(EarlierRuns const& earlier, RunConfig const& config, std::string const& geometry_checksum,
                          std::set<std::string> const& replica_checksums) {
  if (earlier.geometry_checksum != geometry_checksum) {
    throw cannot_resume(config, "the geometry file has another content since its last launch");
  }
  bool const are_more = earlier.replica_checksums.size() > replica_checksums.size();
  auto const& more = are_more ? earlier.replica_checksums : replica_checksums;
  auto const& fewer = are_more ? replica_checksums : earlier.replica_checksums;
  if (!std::ranges::includes(more, fewer)) {
    throw cannot_resume(config, "a scan has another content since its last launch");
  }
}

}  // namespace lauebench
