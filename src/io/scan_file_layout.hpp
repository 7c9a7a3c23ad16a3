#pragma once

#include "io/hdf5_handle.hpp"
#include "io/scan_writer.hpp"

/// The parts of a scan file that is being made. The caller holds a Scope. All throw Error (io_error).
namespace lauebench::hdf5 {

/// Everything but the frames and the truth. Returns /entry1.
[[nodiscard]] Handle write_scan_surroundings(Handle const& file, ScanFileDescription const& description);

/// /entry1/data/data without values; a contiguous one has its place in the file at once.
[[nodiscard]] Handle create_frame_stack(Handle const& entry, ScanFileDescription const& description);

}  // namespace lauebench::hdf5
