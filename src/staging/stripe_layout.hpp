#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lauebench {

/// How a parallel filesystem shares out a file among its servers, as the site's own tool says it.
struct StripeLayout {
  std::string tool;                           ///< "lfs getstripe -d"
  std::optional<std::uint64_t> stripe_bytes;  ///< of a stripe; empty, as the next, where the tool names none, or several
  std::optional<int> stripe_count;            ///< storage targets that a file lies on; -1: all there are
  std::string text;                           ///< the tool's whole answer
};

/// A layout, or why it is not known.
struct StripeReading {
  std::optional<StripeLayout> layout;
  std::string reason;
};

/// Asks for the layout that new files of `folder` get, by the tool for filesystems of `type`: lfs for lustre, beegfs-ctl
/// or beegfs for beegfs, mmlsattr for gpfs. Takes 10 s at most for each tool.
[[nodiscard]] StripeReading read_stripe_layout(std::filesystem::path const& folder, std::string const& type);

}  // namespace lauebench
