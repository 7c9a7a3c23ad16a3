#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/hdf5_handle.hpp"
#include "support/choices.hpp"

/// Datasets and attributes of a scan, as they should be or otherwise. The caller holds a Scope. What HDF5 refuses to
/// make is not there.
namespace lauebench::fuzz {

/// Whether a chunk may hold bytes that no filter made. HDF5's filters crash of such, as of byte-mutated files.
enum class ChunkContent : std::uint8_t { by_filters, arbitrary };

/// What a dataset is like when nothing is chosen. No dimensions: one value. A text has no values.
struct OrdinaryDataset {
  std::string group;  ///< "/entry1/wire"
  std::string name;
  std::vector<hsize_t> sizes;
  std::vector<double> values{};
  hid_t type = H5I_INVALID_HID;  ///< as it is stored
  std::string text{};
  ChunkContent chunks = ChunkContent::by_filters;
};

/// The dataset, ordinary by default; or nothing, something else in its place, a link that leads to it or nowhere, or a
/// dataset of another shape, type and layout. `path_of_file` is for links that lead back to it.
void put_dataset(hdf5::Handle const& file, std::string const& path_of_file, OrdinaryDataset const& ordinary,
                 Choices& choices);

/// Nothing by default; or an attribute of any type and shape.
void put_attribute(hdf5::Handle const& object, std::string const& name, Choices& choices);

/// Where `put_dataset` keeps what its links lead to.
inline constexpr char const* elsewhere = "/elsewhere";

}  // namespace lauebench::fuzz
