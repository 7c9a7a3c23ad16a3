#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "bench/launch_site.hpp"
#include "bench/point_result.hpp"
#include "bench/run_record.hpp"
#include "bench/session.hpp"
#include "cluster/clock_offsets.hpp"
#include "plan/plan.hpp"
#include "probe/environment.hpp"
#include "reconstruct/reconstruct.hpp"
#include "staging/stripe_layout.hpp"

/// The lines of a results file; `configs/schema/results.schema.json` describes every member.
namespace lauebench {

using Json = nlohmann::ordered_json;

/// What every record carries.
struct RecordStamp {
  WallTime when;
  std::string session_id;
};

/// The members that every record begins with.
[[nodiscard]] Json record_head(char const* type, RecordStamp const& stamp);

/// The members by which records name a grid point of a target.
void put_point(Json& record, std::string const& staging_dir, GridPoint const& point);

/// What the scan is and what one reconstruction of it writes.
[[nodiscard]] Json scan_to_json(ReconstructionNeeds const& needs);

/// Where `params` lists all scans and all staging folders.
inline constexpr char const* scans_member = "h5_list";
inline constexpr char const* targets_member = "staging_dirs";

/// The merged options, as to_json has them, in the form in which `params` has them.
[[nodiscard]] Json recorded_options(Json options);

/// What describes a launch as a whole.
struct LaunchDescription {
  Json options;         ///< the merged options by name; what the plan decided (order, seed) replaces theirs
  std::string resumes;  ///< session_id of the launch that this one goes on with; empty: none
  ReconstructionNeeds needs;
  Environment environment;
  std::vector<std::string> command_line;
  std::string geometry_checksum;  ///< of the geometry file, as digest_of() gives it
  LaunchSite site;
};

[[nodiscard]] Json params_record(RecordStamp const& stamp, Plan const& plan, LaunchDescription const& launch);

[[nodiscard]] Json skip_record(RecordStamp const& stamp, std::string const& staging_dir, SkippedPoint const& skipped);

/// Which run of the launch a record is about.
struct RunIdentity {
  std::string staging_dir;
  std::string run_id;
  GridPoint point;
  PlannedRun planned;
  int order_index = 0;  ///< 0, 1, .. in the order of execution, warm-ups included
};

/// Type "run", or "warmup" for a warm-up.
[[nodiscard]] Json run_record(RecordStamp const& stamp, RunIdentity const& identity, RunRecord const& run);

[[nodiscard]] Json summary_record(RecordStamp const& stamp, std::string const& staging_dir, PointResult const& result);

enum class LaunchStatus : std::uint8_t {
  complete,     ///< every run that was executed succeeded, and each point has one at least
  failed,       ///< a run failed, or an error ended the launch
  interrupted,  ///< a signal ended it, or a lack of time before each point had run
};

[[nodiscard]] std::string_view to_string(LaunchStatus status);

/// What is known of a staging folder when the launch ends.
struct TargetEnd {
  std::string staging_dir;
  StripeReading output_stripe;  ///< of a depth image
};

struct LaunchEnd {
  LaunchStatus status = LaunchStatus::complete;
  std::optional<int> runs_planned = 0;  ///< warm-ups included, as in the next two; empty where the runs themselves tell
  int runs_succeeded = 0;
  int runs_failed = 0;
  int runs_resumed = 0;  ///< measured ones that earlier launches had made with success
  int points_skipped = 0;
  double elapsed_s = 0.0;               ///< of the launch, staging included
  double after_staging_s = 0.0;         ///< of that, from the end of staging on
  double clearing_s = 0.0;              ///< of that, spent on deleting the depth images of earlier runs
  std::string error;                    ///< what ended the launch early; empty when nothing did
  std::string signal;                   ///< that ended it early, "SIGTERM"; empty when none did
  std::vector<NodeClock> clocks = {};   ///< of each node; none before the first run
  std::optional<StopReason> stopped{};  ///< a lack of time, where that stopped points
  std::vector<TargetEnd> targets{};
};

[[nodiscard]] Json end_record(RecordStamp const& stamp, Nodes const& nodes, LaunchEnd const& end);

/// One line without its newline, of a record or of a message between ranks; text that is not UTF-8 is replaced, a value
/// that is not a number becomes null.
[[nodiscard]] std::string to_line(Json const& record);

}  // namespace lauebench
