#include "staging/filesystem_facts.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "cluster/mount_table.hpp"
#include "config/error.hpp"
#include "staging/block_sharing.hpp"

namespace lauebench {
namespace {

struct KnownFilesystem {
  std::uint64_t magic;
  char const* name;
  FilesystemReach reach;
  PageCacheRole page_cache;
};

using enum FilesystemReach;
using enum PageCacheRole;

/// Magic numbers from linux/magic.h, and from the sources of the filesystems that are not part of the kernel. ZFS
/// (ARC), GPFS (page pool), AFS (a cache on disk) and what runs in user space keep file contents where mincore does not
/// look.
constexpr std::array known_filesystems{
    KnownFilesystem{0xEF53, "ext2/ext3/ext4", local, before_disk},
    KnownFilesystem{0x58465342, "xfs", local, before_disk},
    KnownFilesystem{0x9123683E, "btrfs", local, before_disk},
    KnownFilesystem{0x01021994, "tmpfs", local, is_storage},
    KnownFilesystem{0x858458F6, "ramfs", local, is_storage},
    KnownFilesystem{0x794C7630, "overlay", unknown, before_disk},  // its layers may lie anywhere; mincore sees them
    KnownFilesystem{0x2FC12FC1, "zfs", local, bypassed},
    KnownFilesystem{0xF2F52010, "f2fs", local, before_disk},
    KnownFilesystem{0xCA451A4E, "bcachefs", local, before_disk},
    KnownFilesystem{0x52654973, "reiserfs", local, before_disk},
    KnownFilesystem{0x3153464A, "jfs", local, before_disk},
    KnownFilesystem{0x5346544E, "ntfs", local, before_disk},
    KnownFilesystem{0x7366746E, "ntfs3", local, before_disk},
    KnownFilesystem{0x4D44, "vfat", local, before_disk},
    KnownFilesystem{0x2011BAB0, "exfat", local, before_disk},
    KnownFilesystem{0x73717368, "squashfs", local, bypassed},
    KnownFilesystem{0x9660, "iso9660", local, bypassed},
    KnownFilesystem{0x9FA0, "proc", local, bypassed},
    KnownFilesystem{0x62656572, "sysfs", local, bypassed},
    KnownFilesystem{0x6969, "nfs", network, before_server},
    KnownFilesystem{0x0BD00BD0, "lustre", network, before_server},
    KnownFilesystem{0x47504653, "gpfs", network, bypassed},
    KnownFilesystem{0x19830326, "beegfs", network, before_server},
    KnownFilesystem{0x00C36400, "ceph", network, before_server},
    KnownFilesystem{0xAAD7AAEA, "panfs", network, bypassed},
    KnownFilesystem{0x20030528, "orangefs", network, before_server},
    KnownFilesystem{0x01161970, "gfs2", network, before_server},
    KnownFilesystem{0x7461636F, "ocfs2", network, before_server},
    KnownFilesystem{0x5346414F, "afs", network, bypassed},
    KnownFilesystem{0x517B, "smb", network, before_server},
    KnownFilesystem{0xFF534D42, "cifs", network, before_server},
    KnownFilesystem{0xFE534D42, "smb2", network, before_server},
    KnownFilesystem{0x01021997, "9p", network, before_server},
    KnownFilesystem{0x65735546, "fuse", unknown, bypassed},
};

/// Filesystems in user space tell by their own name where they reach.
constexpr std::array<std::string_view, 8> network_fuse{"fuse.sshfs", "fuse.glusterfs", "fuse.ceph",   "fuse.ceph-fuse",
                                                       "fuse.s3fs",  "fuse.juicefs",   "fuse.rclone", "fuse.gcsfuse"};

FilesystemReach reach_of(FilesystemKind const& kind, std::string const& mounted_type) {
  bool const is_network_fuse = std::find(network_fuse.begin(), network_fuse.end(), mounted_type) != network_fuse.end();
  return is_network_fuse ? network : kind.reach;
}

void add_mount(FilesystemFacts& facts, FilesystemKind const& kind, std::filesystem::path const& folder) {
  std::error_code unresolvable;
  auto const canonical = std::filesystem::canonical(folder, unresolvable);
  auto const mounts = read_mount_table();
  Mount const* const mount = unresolvable ? nullptr : find_mount(mounts, canonical);
  if (mount == nullptr) {
    return;
  }
  // one magic number stands for ext2, ext3 and ext4, another for everything in user space
  facts.type = mount->type;
  facts.reach = reach_of(kind, mount->type);
  facts.mount_point = mount->point.string();
  facts.device = mount->device;
  facts.options =
      mount->super_options.empty() ? mount->options : fmt::format("{},{}", mount->options, mount->super_options);
}

}  // namespace

FilesystemKind filesystem_kind(std::uint64_t magic) {
  auto const* const known =
      std::find_if(known_filesystems.begin(), known_filesystems.end(),
                   [magic](KnownFilesystem const& candidate) { return candidate.magic == magic; });
  return known == known_filesystems.end() ? FilesystemKind{fmt::format("{:#x}", magic), unknown, bypassed}
                                          : FilesystemKind{known->name, known->reach, known->page_cache};
}

FilesystemFacts read_filesystem_facts(std::filesystem::path const& folder) {
  struct statfs kernel {};
  struct statvfs space {};
  if (::statfs(folder.c_str(), &kernel) != 0 || ::statvfs(folder.c_str(), &space) != 0) {
    throw io_error(fmt::format("cannot ask for the filesystem of '{}'", folder.string()), errno,
                   "check that it is there and mounted");
  }
  // magic numbers are 32 bits wide; f_type is signed on some machines
  auto const kind = filesystem_kind(static_cast<std::uint32_t>(kernel.f_type));
  FilesystemFacts facts;
  facts.type = kind.name;
  facts.reach = kind.reach;
  facts.page_cache = kind.page_cache;
  facts.block_bytes = space.f_frsize;
  facts.total_bytes = space.f_blocks * space.f_frsize;
  facts.free_bytes = space.f_bavail * space.f_frsize;
  if (space.f_files > 0) {
    facts.total_files = space.f_files;
    facts.free_files = space.f_favail;
  }
  add_mount(facts, kind, folder);
  facts.block_sharing = block_sharing(folder, facts.type, facts.reach);
  return facts;
}

}  // namespace lauebench
