#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "io/hdf5_handle.hpp"
#include "io/scan_reader.hpp"

/// What chunks hold that were never written, whichever way the stack is read. Internal to this room.
namespace lauebench {

/// One element as it lies in memory: zero where the file leaves it open. Throws Error (bad_input) when HDF5 cannot
/// tell.
[[nodiscard]] std::vector<std::byte> fill_value_of(hdf5::Handle const& stack, ScanInfo const& info);

/// Likewise where H5Dread leaves what is in memory as it is instead of putting the value there; else empty.
[[nodiscard]] std::vector<std::byte> fill_value_left_out(hdf5::Handle const& stack, ScanInfo const& info);

/// `destination` is one or more elements.
void fill(std::span<std::byte const> value, std::span<std::byte> destination);

}  // namespace lauebench
