// A results file that --resume goes on with: its launches, runs and checksums, held against a launch of one point.

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/earlier_runs.hpp"
#include "bench/run_schedule.hpp"
#include "plan/plan.hpp"
#include "support/findings.hpp"
#include "support/memory_file.hpp"

namespace lauebench::fuzz {
namespace {

RunConfig make_config(std::filesystem::path const& results) {
  RunConfig config;
  config.h5 = {"/scan.h5"};
  config.geometry = "/geometry.xml";
  config.staging_dirs = {"/stage"};
  config.mode = Mode::cpu;
  config.cpu_parallel = {1};
  config.cpu_threads = {1};
  config.runs = 3;
  config.resume = Resume::yes;
  config.results = results;
  return config;
}

/// Its id is that of the corpus, whatever is part of it in this version.
Plan make_plan(RunConfig const& config) {
  Plan plan = lauebench::make_plan(config, {}, 1);
  plan.plan_id = "plan";
  return plan;
}

void go_on(RunConfig const& config, Plan const& plan) {
  auto const earlier = runs_to_resume(config);
  if (!earlier) {
    return;
  }
  succeeds([&] { require_same_content(*earlier, config, "11", {"22", "33"}); });
  require_same_work(*earlier, config, plan);
  RunSchedule schedule(plan, {}, earlier->done);
  for (std::size_t made = 0; schedule.next(0.0); ++made) {
    if (made > plan.runs.size()) {
      report_finding("more runs than were planned");
    }
    schedule.finish(1.0);
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static MemoryFile results;
  static RunConfig const config = make_config(results.path());
  static Plan const plan = make_plan(config);
  results.replace({reinterpret_cast<char const*>(data), size});
  succeeds([] { go_on(config, plan); });
  return 0;
}

}  // namespace lauebench::fuzz
