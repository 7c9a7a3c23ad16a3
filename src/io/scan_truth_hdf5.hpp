#pragma once

#include "io/hdf5_handle.hpp"
#include "io/scan_truth.hpp"

namespace lauebench::hdf5 {

/// Path of the group that marks a file as one of ours.
inline constexpr char const* simulation_group = "/entry1/simulation";

/// Makes the group in /entry1, empty for the time being: it marks what a killed run leaves behind, too. The caller
/// holds a Scope. Throws Error (io_error).
[[nodiscard]] Handle make_truth_group(Handle const& entry);

/// Fills the group. The caller holds a Scope. Throws Error (io_error).
void write_scan_truth(Handle const& group, ScanTruth const& truth);

}  // namespace lauebench::hdf5
