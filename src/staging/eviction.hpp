#pragma once

#include <filesystem>

#include "staging/page_residency.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

/// Writes an open file to disk and drops its pages from this node's page cache, up to four times until at most
/// cold_fraction of them is left, and returns what is left. `attempts` is raised by one for each. Needs no rights but
/// those of the file's owner. Throws Error (io_error).
[[nodiscard]] Residency evict(posix::Descriptor const& file, std::filesystem::path const& path, int& attempts);

}  // namespace lauebench
