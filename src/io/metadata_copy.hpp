#pragma once

#include <string_view>

#include "io/hdf5_handle.hpp"

namespace lauebench {

/// Copies a scan's groups, datasets, attributes, committed types and links into the empty file `destination`, unchanged
/// but for what a depth file leaves out: /entry1/wire, /entry1/depth and every link (hard, soft, external) that leads
/// to the stack. /entry1 and /entry1/data become groups of `destination` even where the scan has links in their place,
/// so that the image has somewhere to be. Objects that several hard links share stay shared; object references become
/// null, as in every copy that HDF5 makes. Throws Error (bad_input) that begins with
/// `problem`.
void copy_metadata(hdf5::Handle const& scan, hdf5::Handle const& destination, std::string_view problem);

}  // namespace lauebench
