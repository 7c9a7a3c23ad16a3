#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace lauebench::test {

/// All that an HDF5 file holds, one entry per link and attribute: kind, type, shape and values as text. Object
/// addresses and offsets are left out, so two files with the same content give the same map. Written with plain HDF5
/// calls.
[[nodiscard]] std::map<std::string, std::string> file_content(std::filesystem::path const& file);

}  // namespace lauebench::test
