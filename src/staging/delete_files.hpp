#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "staging/posix_file.hpp"

namespace lauebench {

/// Deletes the files `names` of `folder` with as many threads as this process has processors, up to eight: the system
/// gives the pages of deleted files back one by one, which would else be most of what passes between two runs. `path`
/// is the folder's, for messages. Throws Error with the first file that cannot be deleted; others may be gone then.
void delete_files(posix::Descriptor const& folder, std::vector<std::string> const& names,
                  std::filesystem::path const& path);

}  // namespace lauebench
