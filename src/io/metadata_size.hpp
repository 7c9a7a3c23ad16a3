#pragma once

#include <cstdint>
#include <string_view>

#include "io/hdf5_handle.hpp"

namespace lauebench {

/// Bytes in the file of what `copy_metadata` copies from a scan, with next to nothing read: objects with their
/// attributes, and datasets as they are stored. The few that it leaves out, the stack of frames excepted, are counted
/// too. Throws Error (bad_input) that begins with `problem`.
[[nodiscard]] std::uint64_t metadata_bytes(hdf5::Handle const& scan, std::string_view problem);

}  // namespace lauebench
