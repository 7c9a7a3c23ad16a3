#pragma once

#include "io/hdf5_handle.hpp"
#include "io/scan_truth.hpp"

namespace lauebench::hdf5 {

/// Path of the group that marks a file as one of ours.
inline constexpr char const* simulation_group = "/entry1/simulation";

/// Writes the group `simulation` into `entry`. The caller holds a Scope. Throws Error (io_error).
void write_scan_truth(Handle const& entry, ScanTruth const& truth);

}  // namespace lauebench::hdf5
