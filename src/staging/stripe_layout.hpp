#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lauebench {

/// How a parallel filesystem shares out a file among its servers, as the site's own tool says it.
struct StripeLayout {
  std::string tool;  ///< "lfs getstripe -d"
  std::optional<std::uint64_t>
      stripe_bytes;                 ///< of a stripe; empty, as the next, where the tool names none, or several
  std::optional<int> stripe_count;  ///< storage targets that a file lies on; -1: all there are
  std::string text;                 ///< the tool's whole answer
};

/// A layout, or why it is not known.
struct StripeReading {
  std::optional<StripeLayout> layout;
  std::string reason;
};

/// What is asked about: a file's own layout, or the one that new files of a folder get.
enum class LayoutOf : std::uint8_t { file, new_files };

/// Asks by the tool for filesystems of `type`: lfs for lustre, beegfs-ctl or beegfs for beegfs, mmlsattr for gpfs. A
/// tool that takes longer than 4 s has no answer.
[[nodiscard]] StripeReading read_stripe_layout(LayoutOf what, std::filesystem::path const& path,
                                               std::string const& type);

/// The filesystem's type that tells which tool to ask: lustre where somebody gave arguments for its tool.
[[nodiscard]] std::string striped_type(std::string const& filesystem_type, std::string const& arguments);

/// Gives new files in `folder` the layout of `lfs setstripe ARGUMENTS`; without arguments, the filesystem's own. Throws
/// Error (bad_input), which names `option`, when the tool refuses or is not there.
void set_stripe_layout(std::filesystem::path const& folder, std::string const& arguments, char const* option);

}  // namespace lauebench
