#include "bench/staged_launch.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "bench/results_writer.hpp"
#include "bench/run_limits.hpp"
#include "bench/side_file.hpp"
#include "config/normal_path.hpp"
#include "staging/left_behind.hpp"

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

void require_room(Launch const& launch, std::filesystem::path const& staging_dir, std::optional<int> node) {
  TargetInspection const inspection = inspect_target(staging_request(launch, staging_dir, node));
  check_space(inspection.space, inspection.staging_dir);
}

/// Numbers of the replicas that the ranks of a node read, ascending.
std::vector<int> replicas_on(Launch const& launch, int node) {
  std::set<int> numbers;
  for (int const reader : launch.site.nodes.indices_on(node, launch.plan.readers_on_nodes)) {
    numbers.insert(replica_of_reader(launch.config, reader));
  }
  return {numbers.begin(), numbers.end()};
}

}  // namespace

StagingRequest staging_request(Launch const& launch, std::filesystem::path const& staging_dir,
                               std::optional<int> node) {
  Plan const& plan = launch.plan;
  auto const parallel =
      static_cast<std::uint64_t>(node ? plan.readers_on_nodes[static_cast<std::size_t>(*node)] : plan.most_parallel);
  return {launch.config.h5, staging_dir, node ? replicas_on(launch, *node) : first_numbers(plan.replicas),
          parallel * launch.needs.output_bytes, parallel * launch.needs.output_files};
}

std::optional<int> least_staging_node(Launch const& launch) {
  bool const may_be_node_local = launch.config.staging_scope != StagingScope::shared && launch.site.nodes.count > 1;
  return may_be_node_local ? std::optional(0) : std::nullopt;
}

ReplicaRemoval::~ReplicaRemoval() {
  try {
    remove_replicas(staging_dir_);
  } catch (std::exception const& problem) {
    spdlog::warn("replicas are left in {}: {}", staging_dir_.string(), problem.what());
  }
}

StagedLaunch::StagedLaunch(Launch const& launch, std::filesystem::path staging_dir, std::optional<int> node,
                           LaunchFiles files)
    : staging_dir_(std::move(staging_dir)), files_(files) {
  // where another launch may be at work, looking before it has ended would show its folders half made
  if (is_there(staging_lock_file(staging_dir_))) {
    staging_lock_.emplace(lock_staging(staging_dir_));
    require_room(launch, staging_dir_, node);
  } else {
    require_room(launch, staging_dir_, node);
    // before folders are made for a launch that must not write its results
    lock_outputs(launch.config);
    make_staging_folder(staging_dir_);
    staging_lock_.emplace(lock_staging(staging_dir_));
  }
  lock_outputs(launch.config);
}

void StagedLaunch::stage(Launch const& launch, FoundScope scope, std::optional<int> node) {
  node_ = node;
  if (node_) {
    removal_ = std::make_unique<ReplicaRemoval>(staging_dir_);
  }
  StagingTerms const terms{staging_lock_->state(), launch.config.stage_copies, launch.config.replica_blocks,
                           launch.config.stripe_input, staging_cancellation()};
  target_ = stage_replicas(
      staging_request(launch, staging_dir_, node_), terms, [](Importance importance, std::string_view line) {
        spdlog::log(importance == Importance::notable ? spdlog::level::info : spdlog::level::debug, "{}", line);
      });
  target_->scope = scope;
  for (Replica& replica : target_->replicas) {
    replica.node = node_.value_or(0);
    replica.host = host_name();
  }
  outputs_.emplace(staging_dir_, launch.session_id, launch.config.stripe_output);
}

void StagedLaunch::add(NodeStaging other) {
  std::vector<Replica>& all = target_->replicas;
  std::ranges::move(other.replicas, std::back_inserter(all));
  std::ranges::sort(all, {}, &Replica::number);
  // nodes copy at the same time; an empty time is less than any other
  target_->copy_wall_s = std::max(target_->copy_wall_s, other.copy_wall_s);
}

void StagedLaunch::lock_outputs(RunConfig const& config) {
  if (files_ == LaunchFiles::of_another_rank) {
    return;
  }
  lock_output(results_lock_, results_file(config.results));
  std::vector<SideFile> const files = side_files(config);
  side_locks_.resize(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    lock_output(side_locks_[i], files[i].file);
  }
}

void StagedLaunch::clear_outputs() { outputs_->clear_previous(); }

void StagedLaunch::create_run(Launch const& launch, std::string const& run_id, GridPoint const& point) {
  outputs_->create_run(
      run_id, node_ ? launch.site.nodes.indices_on(*node_, point.ranks_on_nodes) : first_numbers(point.parallel));
}

}  // namespace lauebench
