#pragma once

#include <cstdint>
#include <filesystem>

#include "config/cancellation.hpp"

namespace lauebench {

/// What a filesystem takes for files without content, each of all files one after the other, seconds.
struct MetadataTimes {
  double create_s = 0.0;  ///< and close
  double stat_s = 0.0;
  double open_s = 0.0;  ///< for reading, and close
};

/// Makes `files` empty files named out0.h5, out1.h5 and so on as depth images are, looks at them and opens them, and
/// removes them again, which no time counts. None of them may exist; none is left after an error either. `cancellation`
/// is looked at between files. Throws Error.
[[nodiscard]] MetadataTimes time_metadata(std::filesystem::path const& folder, std::uint64_t files,
                                          Cancellation const& cancellation = {});

}  // namespace lauebench
