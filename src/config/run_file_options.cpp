#include "config/run_file_options.hpp"

#include "config/shared_options.hpp"

namespace lauebench {
namespace {

/// Each takes a thread and 8 MiB of one rank.
constexpr int most_copies_at_once = 256;

void append_staging_options(OptionTable<RunConfig>& table) {
  table.push_back(
      make_option<RunConfig>({.name = "staging-dir",
                              .placeholder = "DIR",
                              .help = "folder on the filesystem to test; holds the scan's copies and the depth "
                                      "images; given several times, the grid is run in each, in turns",
                              .group = output_group,
                              .presence = Presence::required,
                              .plan_role = PlanRole::changes_run,
                              .occurrence = Occurrence::repeated},
                             PathList{}, [](auto& c) -> auto& { return c.staging_dirs; }));
  table.push_back(make_option<RunConfig>({.name = "staging-scope",
                                          .placeholder = "auto|shared|node-local",
                                          .help = "whether all nodes have one staging folder or each has its own; "
                                                  "auto finds out by a file that one node writes there",
                                          .group = output_group,
                                          .audience = Audience::advanced},
                                         WordOf<StagingScope>{}, [](auto& c) -> auto& { return c.staging_scope; }));
  table.push_back(make_option<RunConfig>({.name = "input-layout",
                                          .placeholder = "replicas|shared",
                                          .help = "replicas: each rank reads a copy of its own; shared: all read one "
                                                  "copy of each scan",
                                          .group = output_group,
                                          .audience = Audience::advanced,
                                          .plan_role = PlanRole::changes_run},
                                         WordOf<InputLayout>{}, [](auto& c) -> auto& { return c.input_layout; }));
  table.push_back(
      make_option<RunConfig>({.name = "input-access",
                              .placeholder = "posix|independent|collective",
                              .help = "with --input-layout shared: posix, each rank reads past MPI; "
                                      "independent and collective, HDF5 reads through MPI-IO, for each rank "
                                      "by itself or for all of them stripe by stripe",
                              .group = output_group,
                              .audience = Audience::advanced,
                              .plan_role = PlanRole::changes_run},
                             WordOf<InputAccess>{}, [](auto& c) -> auto& { return c.input_access; }));
  table.push_back(make_option<RunConfig>({.name = "stage-copies",
                                          .placeholder = "N",
                                          .help = "replicas that are copied to a staging folder at once",
                                          .group = output_group,
                                          .audience = Audience::advanced},
                                         WholeNumber<int>{.minimum = 1, .maximum = most_copies_at_once},
                                         [](auto& c) -> auto& { return c.stage_copies; }));
  table.push_back(make_option<RunConfig>(
      {.name = "reflink",
       .placeholder = "",
       .help =
           "let the scan's copies share its blocks (reflinks), on its own filesystem, instead of writing every byte",
       .group = output_group,
       .audience = Audience::advanced,
       .plan_role = PlanRole::changes_run},
      Switch<ReplicaBlocks>{ReplicaBlocks::own, ReplicaBlocks::shared},
      [](auto& c) -> auto& { return c.replica_blocks; }));
  table.push_back(make_option<RunConfig>({.name = "stripe-input",
                                          .placeholder = "ARGUMENTS",
                                          .help = "lay the scan's copies over a Lustre filesystem's servers as 'lfs "
                                                  "setstripe ARGUMENTS' does; copies of another layout are made anew",
                                          .group = output_group,
                                          .audience = Audience::advanced,
                                          .plan_role = PlanRole::changes_run},
                                         ToolArguments{}, [](auto& c) -> auto& { return c.stripe_input; }));
  table.push_back(make_option<RunConfig>({.name = "stripe-output",
                                          .placeholder = "ARGUMENTS",
                                          .help = "the same for the depth images of each run",
                                          .group = output_group,
                                          .audience = Audience::advanced,
                                          .plan_role = PlanRole::changes_run},
                                         ToolArguments{}, [](auto& c) -> auto& { return c.stripe_output; }));
}

}  // namespace

void append_file_options(OptionTable<RunConfig>& table) {
  table.push_back(scan_option<RunConfig>(
      "wire scan, HDF5; given several times, the ranks' replicas are copies of the scans in turn",
      Occurrence::repeated));
  append_staging_options(table);
  table.push_back(geometry_option<RunConfig>());
  table.push_back(make_option<RunConfig>(
      {.name = "results",
       .placeholder = "FILE",
       .help = "results file, JSON Lines, appended to",
       .group = output_group,
       .shown_default = "<first staging-dir>/results.jsonl; on several nodes with a node-local one, "
                        "<job name>-<job id>.jsonl where the job was submitted"},
      PathText{}, [](auto& c) -> auto& { return c.results; }));
  table.push_back(
      make_option<RunConfig>({.name = "trace",
                              .placeholder = "FILE",
                              .help = "file for the phases of every rank and run on one timeline, as a Chrome trace "
                                      "(ui.perfetto.dev opens it); a trace that is there is replaced",
                              .group = output_group,
                              .audience = Audience::advanced},
                             PathText{}, [](auto& c) -> auto& { return c.trace; }));
  table.push_back(make_option<RunConfig>(
      {.name = "telemetry",
       .placeholder = "FILE",
       .help = "file for what the node of rank 0 makes of its CPUs, memory and GPUs, a line each "
               "second (laue-report serve shows it); one that is there is replaced",
       .group = output_group,
       .audience = Audience::advanced},
      PathText{}, [](auto& c) -> auto& { return c.telemetry; }));
  table.push_back(make_option<RunConfig>({.name = "sync",
                                          .placeholder = "fsync|none",
                                          .help = "fsync: a run ends when every output file and its folder are on "
                                                  "disk; none: when they are written",
                                          .group = output_group,
                                          .audience = Audience::advanced,
                                          .plan_role = PlanRole::changes_run},
                                         WordOf<Sync>{}, [](auto& c) -> auto& { return c.sync; }));
}

}  // namespace lauebench
