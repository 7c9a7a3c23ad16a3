#pragma once

#include <string>
#include <vector>

#include "bench/launch_site.hpp"
#include "bench/session.hpp"
#include "cluster/communicator.hpp"
#include "config/config.hpp"
#include "plan/plan.hpp"
#include "probe/environment.hpp"
#include "reconstruct/reconstruct.hpp"

namespace lauebench {

/// A launch that was found able to run, before anything is written.
struct Launch {
  RunConfig config;  ///< with results file and placement filled in, all paths absolute and the staging folder by its
                     ///< real name
  std::vector<std::string> command_line;
  std::string session_id;  ///< the same on every rank, as all but the last three members
  LaunchSite site;
  Plan plan;
  std::string geometry_text;  ///< of the geometry file, read once: what happens to it later changes no run
  Environment environment;    ///< as rank 0 sees it
  ReconstructionNeeds needs;  ///< rank 0 alone, as the next
  std::vector<std::string> golden_digests;  ///< of each scan; none without --verify golden
};

/// Chooses session and seed, looks at nodes and modules, plans, and checks scan, geometry, parameters, the results
/// file's place and, but for a dry run, whether so many threads can be started. Collective. Throws AgreedError on every
/// rank; nothing has been written or deleted then, or when it returns.
[[nodiscard]] Launch prepare_launch(RunConfig const& config, Communicator& ranks,
                                    std::vector<std::string> command_line);

/// --memory-limit-mb in bytes.
[[nodiscard]] std::uint64_t asked_memory_bytes(RunConfig const& config);

/// The least that a rank has in any point; without points, what one rank on the first node would have.
[[nodiscard]] std::uint64_t smallest_memory_in_effect(Launch const& launch);

}  // namespace lauebench
