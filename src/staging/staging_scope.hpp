#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "cluster/communicator.hpp"
#include "cluster/nodes.hpp"
#include "config/config.hpp"

namespace lauebench {

/// How it was found out whether the nodes share a staging folder.
enum class ScopeSource : std::uint8_t {
  asked,           ///< --staging-scope says so
  one_node,        ///< there is nobody to share it with
  token_seen,      ///< every other node sees a file that rank 0 wrote there
  token_not_seen,  ///< none does
};

/// "asked", "one-node", "token-seen", "token-not-seen"
[[nodiscard]] std::string_view to_string(ScopeSource source);

struct FoundScope {
  StagingScope scope = StagingScope::shared;  ///< never automatic
  ScopeSource source = ScopeSource::one_node;

  bool operator==(FoundScope const&) const = default;
};

/// What `wish` says; with StagingScope::automatic, shared on one node, and on several what a file shows that rank 0
/// writes to `staging_dir`, which exists there, under a name that no other launch has, and that the lowest rank of each
/// other node looks for. It is gone again on return. Where the folder does not lie on a disk of the node, these look
/// for some seconds, as network filesystems may tell from memory that a new file is missing. Collective. Throws
/// AgreedError: bad_input when some nodes see it and others do not, as posix::create_file does when it cannot be
/// written.
[[nodiscard]] FoundScope find_staging_scope(StagingScope wish, std::filesystem::path const& staging_dir,
                                            std::string const& session_id, Communicator& ranks, Nodes const& nodes);

}  // namespace lauebench
