#include "bench/launch_staging.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "bench/node_staging.hpp"
#include "cluster/nodes.hpp"

namespace lauebench {
namespace {

void warn_of_unread_scans(Launch const& launch) {
  std::size_t const scans = launch.config.h5.size();
  auto const replicas = static_cast<std::size_t>(launch.plan.replicas);
  if (replicas < scans) {
    spdlog::warn("{} of the {} scans given by --h5 are not read: no point has a rank for them", scans - replicas,
                 scans);
  }
}

/// The node that `rank` stages for where each has its own folder; empty: none.
std::optional<int> staged_node(Launch const& launch, int rank) {
  Nodes const& nodes = launch.site.nodes;
  int const node = nodes.ranks[static_cast<std::size_t>(rank)].node;
  bool const is_used = launch.plan.readers_on_nodes[static_cast<std::size_t>(node)] > 0;
  return nodes.leads_node(rank) && is_used ? std::optional(node) : std::nullopt;
}

/// On one rank of each node; errors tell which node it was.
void on_each_node(Launch const& launch, Communicator& ranks, std::function<void(int node)> const& action) {
  static_cast<void>(on_all_ranks(ranks, [&launch, &ranks, &action] {
    std::optional<int> const node = staged_node(launch, ranks.rank());
    try {
      if (node) {
        action(*node);
      }
    } catch (Error const& error) {
      throw Error(error.code(), fmt::format("on {}: {}", host_name(), error.what()));
    }
    return 0;
  }));
}

/// What is measured on one kind of storage would be read as if it held for all.
void warn_of_other_filesystem(NodeStaging const& other, StagedTarget const& mine) {
  if (other.filesystem_type != mine.filesystem.type) {
    spdlog::warn("the nodes' staging folders are not alike: {} on {}, {} on {}", mine.filesystem.type, host_name(),
                 other.filesystem_type, other.replicas.front().host);
  }
}

/// Lets rank 0 know of all replicas.
void collect_replicas(std::optional<StagedLaunch>& folder, Communicator& ranks) {
  bool const tells = folder && !ranks.is_root();
  std::vector<std::string> const messages = ranks.gather(tells ? to_message(folder->target()) : std::string());
  static_cast<void>(on_root(ranks, [&folder, &messages] {
    for (std::string const& message : messages) {
      if (!message.empty()) {
        NodeStaging other = node_staging_from_message(message);
        warn_of_other_filesystem(other, folder->target());
        folder->add(std::move(other));
      }
    }
    return std::string();
  }));
}

void stage_on_each_node(std::optional<StagedLaunch>& folder, Launch const& launch,
                        std::filesystem::path const& staging_dir, FoundScope scope, Communicator& ranks) {
  // every node's folder is looked at and locked before anything is copied to one
  on_each_node(launch, ranks, [&folder, &launch, &staging_dir](int node) {
    if (!folder) {
      folder.emplace(launch, staging_dir, node, LaunchFiles::of_another_rank);
    }
  });
  on_each_node(launch, ranks, [&folder, &launch, scope](int node) { folder->stage(launch, scope, node); });
  collect_replicas(folder, ranks);
}

/// On rank 0, which has the launch's files with the first of them.
void lock_all(LaunchStaging& staging, Launch const& launch) {
  LaunchFiles files = LaunchFiles::own;
  for (std::size_t target = 0; target < staging.size(); ++target) {
    staging[target].folder.emplace(launch, launch.config.staging_dirs[target], least_staging_node(launch), files);
    files = LaunchFiles::of_another_rank;
  }
  staging.front().folder->lock_outputs(launch.config);  // one of the folders may be that of the results
}

/// Ranks on several nodes that write one file cannot do so where each node has a folder of its own. The same on every
/// rank.
void require_folder_of_all(Launch const& launch, std::filesystem::path const& staging_dir) {
  for (GridPoint const& point : launch.plan.points) {
    auto const nodes = std::ranges::count_if(point.ranks_on_nodes, [](int ranks) { return ranks > 0; });
    bool const is_shared = point.output_layout == OutputLayout::shared;
    if (is_shared && nodes > 1 && staging_dir_of(launch.config, point) == staging_dir) {
      throw AgreedError(
          ReturnCode::bad_input,
          bad_input(fmt::format("--output-layout shared in '{}'", staging_dir.string()),
                    fmt::format("each node has a folder of its own there, and the ranks of {} are on {} nodes",
                                name_of(launch.config, point), nodes),
                    "give a --staging-dir that all nodes share, or use another --output-layout")
              .what());
    }
  }
}

void stage(TargetStaging& staging, Launch const& launch, std::filesystem::path const& staging_dir,
           Communicator& ranks) {
  FoundScope const scope =
      find_staging_scope(launch.config.staging_scope, staging_dir, launch.session_id, ranks, launch.site.nodes);
  staging.is_node_local = scope.scope == StagingScope::node_local && launch.site.nodes.count > 1;
  if (staging.is_node_local) {
    require_folder_of_all(launch, staging_dir);
    stage_on_each_node(staging.folder, launch, staging_dir, scope, ranks);
    return;
  }
  static_cast<void>(on_root(ranks, [&staging, &launch, scope] {
    staging.folder->stage(launch, scope, std::nullopt);
    return std::string();
  }));
}

}  // namespace

LaunchStaging stage_launch(Launch const& launch, Communicator& ranks) {
  LaunchStaging staging(launch.config.staging_dirs.size());
  static_cast<void>(on_root(ranks, [&staging, &launch] {
    warn_of_unread_scans(launch);
    lock_all(staging, launch);
    return std::string();
  }));
  for (std::size_t target = 0; target < staging.size(); ++target) {
    stage(staging[target], launch, launch.config.staging_dirs[target], ranks);
  }
  return staging;
}

std::vector<StagedTarget> staged_targets(LaunchStaging const& staging) {
  std::vector<StagedTarget> targets;
  targets.reserve(staging.size());
  for (TargetStaging const& target : staging) {
    targets.push_back(target.folder->target());
  }
  return targets;
}

}  // namespace lauebench
