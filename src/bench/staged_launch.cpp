#include "bench/staged_launch.hpp"

#include <cstddef>
#include <string_view>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "bench/results_writer.hpp"
#include "bench/trace_place.hpp"
#include "config/normal_path.hpp"

namespace lauebench {
namespace {

FileLock take_lock(std::filesystem::path const& lock_file, std::string const& guarded) {
  FileLock lock(lock_file, guarded);
  if (lock.state() == LockState::refused) {
    spdlog::warn("{} is not locked ({}): see to it that no other launch uses it meanwhile", guarded, lock.refusal());
  }
  return lock;
}

FileLock lock_staging(std::filesystem::path const& staging_dir) {
  return take_lock(staging_lock_file(staging_dir), fmt::format("staging folder {}", staging_dir.string()));
}

bool is_there(std::filesystem::path const& path) {
  std::error_code unreadable;
  return std::filesystem::exists(path, unreadable);
}

/// Once, as soon as the folder is there that it lies in; a file without a name is none.
void lock_output(std::optional<FileLock>& lock, OutputFile const& file) {
  if (!lock && !file.path.empty() && is_there(file.path.parent_path())) {
    // by whatever link the file is named, its lock is the same
    lock.emplace(
        take_lock(output_lock_file(real_path(file.path)), fmt::format("{} {}", file.what, file.path.string())));
  }
}

void require_room(Launch const& launch) {
  TargetInspection const inspection = inspect_target(staging_request(launch));
  check_space(inspection.space, inspection.staging_dir);
}

}  // namespace

StagingRequest staging_request(Launch const& launch) {
  auto const parallel = static_cast<std::uint64_t>(launch.plan.most_parallel);
  return {launch.config.h5, launch.config.staging_dir, launch.plan.replicas, parallel * launch.needs.output_bytes,
          parallel * launch.needs.output_files};
}

StagedLaunch::StagedLaunch(Launch const& launch) {
  auto const& scans = launch.config.h5;
  if (static_cast<std::size_t>(launch.plan.replicas) < scans.size()) {
    spdlog::warn("{} of the {} scans given by --h5 are not read: no point has a rank for them",
                 scans.size() - static_cast<std::size_t>(launch.plan.replicas), scans.size());
  }
  std::filesystem::path const& staging_dir = launch.config.staging_dir;
  // where another launch may be at work, looking before it has ended would show its folders half made
  if (is_there(staging_lock_file(staging_dir))) {
    staging_lock_.emplace(lock_staging(staging_dir));
    require_room(launch);
  } else {
    require_room(launch);
    // before folders are made for a launch that must not write its results
    lock_outputs(launch.config);
    make_staging_folder(staging_dir);
    staging_lock_.emplace(lock_staging(staging_dir));
  }
  lock_outputs(launch.config);
}

void StagedLaunch::stage(Launch const& launch, FoundScope scope) {
  target_ =
      stage_replicas(staging_request(launch), staging_lock_->state(), [](Importance importance, std::string_view line) {
        spdlog::log(importance == Importance::notable ? spdlog::level::info : spdlog::level::debug, "{}", line);
      });
  target_->scope = scope;
  outputs_.emplace(launch.config.staging_dir, launch.session_id);
}

void StagedLaunch::lock_outputs(RunConfig const& config) {
  lock_output(results_lock_, results_file(config.results));
  lock_output(trace_lock_, trace_file(config.trace));
}

void StagedLaunch::clear_outputs() { outputs_->clear_previous(); }

std::filesystem::path StagedLaunch::create_run(std::string const& run_id, int parallel) {
  return outputs_->create_run(run_id, parallel);
}

}  // namespace lauebench
