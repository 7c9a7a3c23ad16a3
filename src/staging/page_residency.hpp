#pragma once

#include <optional>
#include <string>

#include "staging/posix_file.hpp"

namespace lauebench {

/// A file counts as evicted up to this fraction of its pages in the page cache (some are read ahead or locked at any
/// moment), and as cached but for as few: the kernel takes a page back now and then, and neither moves a time by more
/// than some 1 %.
inline constexpr double cold_fraction = 0.01;
inline constexpr double warm_fraction = 0.99;

/// How much of a file this node's page cache holds.
struct Residency {
  std::optional<double> fraction;  ///< of its pages; empty where it cannot be asked
  std::string reason;              ///< why not
};

/// Asks mincore(2) over a mapping of the open file, piece by piece; nothing is read. The kernel tells the truth to the
/// file's owner and to those who may write to it, others are not asked for.
[[nodiscard]] Residency residency_of(posix::Descriptor const& file);

}  // namespace lauebench
