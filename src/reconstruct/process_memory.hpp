#pragma once

#include <cstdint>

namespace lauebench {

/// Resident memory of this process now, bytes; 0 where /proc cannot be read.
[[nodiscard]] std::uint64_t resident_bytes();

/// High-water mark of resident memory since the last successful reset, bytes; 0 where /proc cannot be read.
[[nodiscard]] std::uint64_t peak_resident_bytes();

/// Gives memory that was freed and kept for later back to the system, where the C library can.
void release_freed_memory();

/// Sets the high-water mark back to what is resident now; false where the kernel does not allow it.
[[nodiscard]] bool reset_peak_resident();

}  // namespace lauebench
