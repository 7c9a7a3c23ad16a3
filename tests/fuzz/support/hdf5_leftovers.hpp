#pragma once

namespace lauebench::fuzz {

/// HDF5 gives memory back at once instead of keeping it for later: uses after the end and leaks show.
void keep_nothing_in_hdf5();

/// Identifiers of files, objects, types, dataspaces and property lists that are open: more of them after an input than
/// before are a leak, of which the leak sanitiser knows nothing, since HDF5 holds them all.
[[nodiscard]] long open_identifiers();

}  // namespace lauebench::fuzz
