#pragma once

#include <optional>
#include <string>

#include "staging/posix_file.hpp"

namespace lauebench {

/// How much of a file this node's page cache holds.
struct Residency {
  std::optional<double> fraction;  ///< of its pages; empty where it cannot be asked
  std::string reason;              ///< why not
};

/// Asks mincore(2) over a mapping of the open file, piece by piece; nothing is read. The kernel tells the truth to the
/// file's owner and to those who may write to it, others are not asked for.
[[nodiscard]] Residency residency_of(posix::Descriptor const& file);

}  // namespace lauebench
