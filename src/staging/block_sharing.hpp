#pragma once

#include <filesystem>
#include <string>

#include "staging/filesystem_facts.hpp"

namespace lauebench {

/// Of the filesystem of that type and reach that `folder` lies on.
[[nodiscard]] BlockSharing block_sharing(std::filesystem::path const& folder, std::string const& type,
                                         FilesystemReach reach);

/// Why it is BlockSharing::unknown.
[[nodiscard]] std::string why_sharing_unknown(FilesystemFacts const& facts);

}  // namespace lauebench
