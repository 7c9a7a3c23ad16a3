#pragma once

#include <filesystem>
#include <string>

namespace lauebench {

/// Why bytes that come from the disk below `file` may come out of memory all the same: a loop device whose image is
/// itself cached or lies in memory, a disk in memory or of another machine, or a disk that cannot be looked at. Empty:
/// nothing of the kind is seen. `device` is what the mount table calls the disk ("/dev/vda"), for filesystems that
/// number theirs by themselves (btrfs). What a hypervisor or a disk array keeps in its own memory cannot be seen from
/// here.
[[nodiscard]] std::string memory_behind_disk(std::filesystem::path const& file, std::string const& device);

}  // namespace lauebench
