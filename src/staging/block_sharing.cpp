#include "staging/block_sharing.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>

#include "staging/posix_file.hpp"

namespace lauebench {
namespace {

/// Those that always can. Of xfs it is a feature that mkfs chooses.
constexpr std::array<std::string_view, 4> sharing_types{"btrfs", "zfs", "bcachefs", "ocfs2"};

/// `struct xfs_fsop_geom_v1` of xfs_fs.h, which only the development files of xfsprogs have.
struct XfsGeometry {
  std::array<std::uint32_t, 8> sizes;
  std::array<std::uint64_t, 4> extents;
  std::array<unsigned char, 16> uuid;
  std::array<std::uint32_t, 3> stripes_and_version;
  std::uint32_t flags;
  std::array<std::uint32_t, 3> more_sizes;
};
static_assert(sizeof(XfsGeometry) == 112);

/// XFS_IOC_FSGEOMETRY_V1 and XFS_FSOP_GEOM_FLAGS_REFLINK.
constexpr auto ask_for_xfs_geometry = _IOR('X', 100, XfsGeometry);
constexpr std::uint32_t xfs_shares_blocks = std::uint32_t{1} << 20U;

BlockSharing sharing_of_xfs(std::filesystem::path const& folder) {
  posix::Descriptor const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  XfsGeometry geometry{};
  if (!opened.valid() || ::ioctl(opened.get(), ask_for_xfs_geometry, &geometry) != 0) {
    return BlockSharing::unknown;
  }
  return (geometry.flags & xfs_shares_blocks) != 0 ? BlockSharing::possible : BlockSharing::impossible;
}

}  // namespace

BlockSharing block_sharing(std::filesystem::path const& folder, std::string const& type, FilesystemReach reach) {
  if (type == "xfs") {
    return sharing_of_xfs(folder);
  }
  if (std::ranges::find(sharing_types, type) != sharing_types.end()) {
    return BlockSharing::possible;
  }
  // of the local ones that are known here the others cannot; what is served or layered depends on what lies below
  return reach == FilesystemReach::local ? BlockSharing::impossible : BlockSharing::unknown;
}

std::string why_sharing_unknown(FilesystemFacts const& facts) {
  if (facts.reach == FilesystemReach::network) {
    return "it is for the servers to say what lies in which blocks";
  }
  return fmt::format("filesystems of type {} do not tell, or not to this user", facts.type);
}

}  // namespace lauebench
