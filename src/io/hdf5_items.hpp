#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <hdf5.h>

#include "io/hdf5_handle.hpp"

/// Scalars, vectors and texts of a file that is being made. For this room only; the caller holds a Scope. All throw
/// Error (io_error).
namespace lauebench::hdf5 {

/// Owns `id`, or throws Error (io_error) with HDF5's reason: what a write or a creation that fails means.
[[nodiscard]] Handle require_created(hid_t id, std::string_view problem);

/// Throws as `require_created` when `status` says that a call failed.
void check_written(herr_t status, std::string_view problem);

/// An empty HDF5 file in memory, with these creation properties.
[[nodiscard]] Handle create_in_memory(hid_t creation, std::string_view problem);

[[nodiscard]] Handle make_group(Handle const& parent, std::string const& name);

void put_scalar(Handle const& parent, std::string const& name, std::int32_t value);
void put_scalar(Handle const& parent, std::string const& name, double value);

/// A scalar string of fixed length, as the beam line's own files have them.
void put_text(Handle const& parent, std::string const& name, std::string_view text);

void put_vector(Handle const& parent, std::string const& name, std::span<double const> values, std::string_view units);

void put_attribute(Handle const& object, std::string const& name, std::string_view text);
void put_attribute(Handle const& object, std::string const& name, double value);
void put_attribute(Handle const& object, std::string const& name, std::int32_t value);
void put_attribute(Handle const& object, std::string const& name, std::int64_t value);
void put_attribute(Handle const& object, std::string const& name, std::uint64_t value);

}  // namespace lauebench::hdf5
