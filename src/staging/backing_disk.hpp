#pragma once

#include <filesystem>
#include <string>

#include "staging/filesystem_facts.hpp"

namespace lauebench {

/// Why bytes that come from the disk below `file` may come out of memory all the same: a loop device whose image is
/// itself cached or lies in memory, a disk in memory or of another machine, or a disk that cannot be looked at. Empty:
/// nothing of the kind is seen. `facts` are those of its filesystem, whose device counts where it numbers disks by
/// itself (btrfs). On overlayfs the disk is that of the upper layer, where everything lies that was written there. What
/// a hypervisor or a disk array keeps in its own memory cannot be seen from here.
[[nodiscard]] std::string memory_behind_disk(std::filesystem::path const& file, FilesystemFacts const& facts);

}  // namespace lauebench
