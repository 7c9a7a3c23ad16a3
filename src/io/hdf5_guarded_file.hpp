#pragma once

#include <cstdint>
#include <string_view>

#include "io/file_descriptor.hpp"
#include "io/hdf5_handle.hpp"

namespace lauebench::hdf5 {

/// Where HDF5 writes a new file to. Outlives the file's handles.
struct WriteGuard {
  posix::Descriptor const* file = nullptr;
  int error_number = 0;  ///< errno of the first write that failed; nothing is written from then on
};

/// Makes an empty HDF5 file with these creation properties on `guard.file`. HDF5 does not survive a write that fails
/// while it empties its caches: it tries again when the file is closed, and crashes. So it is told that all writes
/// succeed, and the caller looks at `guard.error_number`. The caller holds a Scope. Throws Error (io_error).
[[nodiscard]] Handle create_guarded_file(WriteGuard& guard, std::string_view problem, hid_t creation = H5P_DEFAULT,
                                         std::int64_t alignment_bytes = 1);

/// Objects of a file with these access properties that have that many bytes at least begin at multiples of them.
/// Throws Error (io_error).
void align_objects(Handle const& access, std::int64_t alignment_bytes, std::string_view problem);

}  // namespace lauebench::hdf5
