#pragma once

#include <filesystem>
#include <string>

namespace lauebench {

/// Why a file is not a scan as ScanWriter made it, complete or not, as the reason of an Error: it does not carry its
/// mark, or holds a link or an attribute that it does not write. Empty when it is one. Values are not looked at.
[[nodiscard]] std::string why_not_generated(std::filesystem::path const& file);

}  // namespace lauebench
