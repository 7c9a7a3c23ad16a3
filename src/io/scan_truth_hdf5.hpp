#pragma once

#include <string_view>

#include "io/hdf5_handle.hpp"
#include "io/scan_truth.hpp"

namespace lauebench::hdf5 {

/// Path of the group with the truth.
inline constexpr char const* simulation_group = "/entry1/simulation";
/// What its attribute `generator` says: it marks a file as one of ours.
inline constexpr std::string_view generator_mark = "laue-bench generate";

/// Makes the group in /entry1, with nothing but the mark, which what a killed run leaves behind has, too. The caller
/// holds a Scope. Throws Error (io_error).
[[nodiscard]] Handle make_truth_group(Handle const& entry);

/// Fills the group. The caller holds a Scope. Throws Error (io_error).
void write_scan_truth(Handle const& group, ScanTruth const& truth);

}  // namespace lauebench::hdf5
