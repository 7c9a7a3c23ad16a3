#pragma once

#include <string>
#include <vector>

#include "io/hdf5_handle.hpp"
#include "io/scan_reader.hpp"

/// What a scan's file says beside its frames: region of interest, wire positions, time. Internal to this room.
namespace lauebench {

/// Where the stack of frames lies.
inline constexpr char const* stack_path = "/entry1/data/data";
/// Where a depth file has its depth.
inline constexpr char const* depth_path = "/entry1/depth";

/// Region of interest from /entry1/detector; without one it begins at pixel 0, not binned. Throws Error (bad_input).
[[nodiscard]] DetectorRegion read_region(hdf5::Handle const& file, std::string const& name);

/// Throws Error (bad_input) when the region of `info` is not as many pixels as the frames have, as far as the file says
/// where it ends.
void require_region_of_frames(ScanInfo const& info);

/// Raw wire positions of the images I_0 .. I_(N-1), from vectors of `stored_frames` + 2 elements or constants. Throws
/// Error (bad_input).
[[nodiscard]] std::vector<Vec3> read_wire_positions(hdf5::Handle const& file, std::string const& name,
                                                    int stored_frames);

/// Throws Error (bad_input) for a scan of May 2006 .. September 2009, whose positions would need that time's
/// correction. A file without a time, or with one that is not of the form year-month-day, passes.
void refuse_uncorrected_positioner(hdf5::Handle const& file, std::string const& name);

}  // namespace lauebench
