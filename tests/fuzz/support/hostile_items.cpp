#include "support/hostile_items.hpp"

#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "support/hostile_types.hpp"

namespace lauebench::fuzz {
namespace {

using hdf5::Handle;

/// Values that are written; larger datasets stay without.
constexpr hsize_t most_values = 4096;
constexpr int largest_rank = 5;

Handle space_of(std::vector<hsize_t> const& sizes) {
  return sizes.empty() ? Handle(H5Screate(H5S_SCALAR))
                       : Handle(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr));
}

Handle open_parent(Handle const& file, std::string const& group) {
  return Handle(H5Gopen2(file.id(), group.c_str(), H5P_DEFAULT));
}

void put_ordinary(Handle const& parent, OrdinaryDataset const& ordinary) {
  Handle const text_type = make_text_type(ordinary.text.size());
  hid_t const type = ordinary.type == H5I_INVALID_HID ? text_type.id() : ordinary.type;
  Handle const space = space_of(ordinary.sizes);
  Handle const dataset(
      H5Dcreate2(parent.id(), ordinary.name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  if (ordinary.type == H5I_INVALID_HID) {
    H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, ordinary.text.c_str());
  } else {
    H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, ordinary.values.data());
  }
}

/// The ordinary size, or another: small ones, and those at the limits of 31, 32 and 63 bits.
hsize_t choose_size(hsize_t ordinary, Choices& choices) {
  constexpr std::array<hsize_t, 16> others{0,
                                           1,
                                           2,
                                           3,
                                           9,
                                           17,
                                           64,
                                           1000,
                                           65536,
                                           (hsize_t{1} << 31U) - 1,
                                           hsize_t{1} << 31U,
                                           hsize_t{1} << 32U,
                                           (hsize_t{1} << 32U) + 1,
                                           hsize_t{1} << 40U,
                                           hsize_t{1} << 62U,
                                           ~hsize_t{0} - 1};
  std::size_t const choice = choices.below(others.size() + 3);
  if (choice > others.size()) {
    return ordinary + (choice == others.size() + 1 ? 1 : -1U);
  }
  return choice == 0 ? ordinary : others.at(choice - 1);
}

std::vector<hsize_t> choose_sizes(std::vector<hsize_t> const& ordinary, Choices& choices) {
  std::vector<hsize_t> sizes = ordinary;
  if (std::size_t const rank = choices.below(largest_rank + 2); rank > 0) {
    sizes.resize(rank - 1, 2);
  }
  for (hsize_t& size : sizes) {
    size = choose_size(size, choices);
  }
  return sizes;
}

Handle choose_space(std::vector<hsize_t> const& sizes, Choices& choices) {
  switch (choices.below(4)) {
    case 1: {
      std::vector<hsize_t> const unlimited(sizes.size(), H5S_UNLIMITED);
      return sizes.empty() ? Handle(H5Screate(H5S_NULL))
                           : Handle(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), unlimited.data()));
    }
    case 2:
      return Handle(H5Screate(H5S_NULL));
    default:
      return space_of(sizes);
  }
}

/// Filters that know the values' type read beyond what another filter leaves them: they come first in valid files, and
/// HDF5 1.10.8 does not look.
void add_typed_filter(Handle const& properties, Choices& choices) {
  switch (choices.below(4)) {
    case 1:
      H5Pset_nbit(properties.id());
      break;
    case 2:
      H5Pset_scaleoffset(properties.id(), H5Z_SO_INT, H5Z_SO_INT_MINBITS_DEFAULT);
      break;
    case 3:
      H5Pset_szip(properties.id(), H5_SZIP_NN_OPTION_MASK, 8);
      break;
    default:
      break;
  }
}

void add_filter(Handle const& properties, Choices& choices) {
  constexpr H5Z_filter_t nobodys = 32123;
  switch (choices.below(5)) {
    case 1:
      H5Pset_shuffle(properties.id());
      break;
    case 2:
      H5Pset_deflate(properties.id(), static_cast<unsigned>(choices.below(10)));
      break;
    case 3:
      H5Pset_fletcher32(properties.id());
      break;
    case 4:
      H5Pset_filter(properties.id(), nobodys, H5Z_FLAG_OPTIONAL, 0, nullptr);
      break;
    default:
      break;
  }
}

void choose_chunks(Handle const& properties, std::vector<hsize_t> const& sizes, Choices& choices) {
  std::vector<hsize_t> chunk = sizes;
  for (hsize_t& size : chunk) {
    constexpr std::array<hsize_t, 7> other{1, 2, 3, 5, 64, 1000, 65536};
    std::size_t const choice = choices.below(other.size() + 1);
    size = choice == 0 ? std::max<hsize_t>(size, 1) : other.at(choice - 1);
  }
  H5Pset_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data());
  std::size_t const filters = choices.below(4);
  if (filters > 0) {
    add_typed_filter(properties, choices);
  }
  for (std::size_t further = 1; further < filters; ++further) {
    add_filter(properties, choices);
  }
  if (choices.unusual()) {
    H5Pset_chunk_opts(properties.id(), H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
  }
}

/// Another dataset of the same file in small pieces, or of one that is not there.
void choose_virtual(Handle const& properties, std::string const& path_of_file, Choices& choices) {
  std::string const source = choices.unusual() ? "/nowhere/absent.h5" : path_of_file;
  hsize_t const values = 6;
  Handle const space(H5Screate_simple(1, &values, nullptr));
  H5Pset_virtual(properties.id(), space.id(), source.c_str(), "/entry1/wire/wireY", space.id());
}

void choose_layout(Handle const& properties, std::vector<hsize_t> const& sizes, std::string const& path_of_file,
                   Choices& choices) {
  switch (choices.below(8)) {
    case 1:
    case 2:
    case 3:
      choose_chunks(properties, sizes, choices);
      break;
    case 4:
      H5Pset_layout(properties.id(), H5D_COMPACT);
      break;
    case 5:
      H5Pset_external(properties.id(), choices.unusual() ? "/nowhere/absent.h5" : path_of_file.c_str(), 0,
                      H5F_UNLIMITED);
      break;
    case 6:
      choose_virtual(properties, path_of_file, choices);
      break;
    default:
      break;
  }
}

/// What is read where nothing was written, and when room is made for it.
void choose_fill(Handle const& properties, Handle const& type, Choices& choices) {
  constexpr std::array fill_times{H5D_FILL_TIME_IFSET, H5D_FILL_TIME_ALLOC, H5D_FILL_TIME_NEVER};
  constexpr std::array allocation_times{H5D_ALLOC_TIME_DEFAULT, H5D_ALLOC_TIME_LATE, H5D_ALLOC_TIME_INCR,
                                        H5D_ALLOC_TIME_EARLY};
  auto const fill_time = choices.of(fill_times);
  auto const allocation_time = choices.of(allocation_times);
  // Of a huge dataset all values would be written.
  bool const would_fill = allocation_time == H5D_ALLOC_TIME_EARLY;
  H5Pset_fill_time(properties.id(), would_fill ? H5D_FILL_TIME_NEVER : fill_time);
  H5Pset_alloc_time(properties.id(), allocation_time);
  if (choices.unusual()) {
    Values const value(type, 1, choices);
    H5Pset_fill_value(properties.id(), type.id(), value.valid() ? value.data() : nullptr);
  }
}

/// Bytes of the input in the place of a chunk as filters would have left it.
void put_raw_chunk(Handle const& dataset, std::size_t rank, Choices& choices) {
  std::vector<hsize_t> const first(rank, 0);
  auto const filters_left_out = static_cast<std::uint32_t>(choices.below(4));
  std::string const content = choices.text();
  H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, filters_left_out, first.data(), content.size(), content.data());
}

/// All values where there are not too many, none, the very first, or a chunk of any content if that is allowed.
void put_values(Handle const& dataset, Handle const& type, std::vector<hsize_t> const& sizes, ChunkContent chunks,
                Choices& choices) {
  std::size_t const what = choices.below(4);
  if (what == 2 && chunks == ChunkContent::arbitrary) {
    put_raw_chunk(dataset, sizes.size(), choices);
    return;
  }
  if (what == 1 || what == 2) {
    return;
  }
  Handle const space(H5Dget_space(dataset.id()));
  bool const is_first = what == 3 && H5Sget_simple_extent_type(space.id()) == H5S_SIMPLE;
  hssize_t const count = is_first ? 1 : H5Sget_simple_extent_npoints(space.id());
  if (count < 1 || static_cast<hsize_t>(count) > most_values) {
    return;
  }
  Values const values(type, static_cast<std::size_t>(count), choices);
  if (!values.valid()) {
    return;
  }
  if (is_first) {
    std::vector<hsize_t> const first(sizes.size(), 0);
    H5Sselect_elements(space.id(), H5S_SELECT_SET, 1, first.data());
  }
  Handle const in_memory(is_first ? H5Screate(H5S_SCALAR) : H5Scopy(space.id()));
  H5Dwrite(dataset.id(), type.id(), in_memory.id(), space.id(), H5P_DEFAULT, values.data());
}

void put_hostile(Handle const& parent, OrdinaryDataset const& ordinary, std::string const& path_of_file,
                 Choices& choices) {
  Handle const type = choose_type(choices);
  std::vector<hsize_t> const sizes = choose_sizes(ordinary.sizes, choices);
  Handle const space = choose_space(sizes, choices);
  Handle const properties(H5Pcreate(H5P_DATASET_CREATE));
  choose_layout(properties, sizes, path_of_file, choices);
  choose_fill(properties, type, choices);
  Handle const dataset(
      H5Dcreate2(parent.id(), ordinary.name.c_str(), type.id(), space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT));
  if (dataset.valid()) {
    put_values(dataset, type, sizes, ordinary.chunks, choices);
    put_attribute(dataset, "units", choices);
  }
}

}  // namespace

void put_dataset(Handle const& file, std::string const& path_of_file, OrdinaryDataset const& ordinary,
                 Choices& choices) {
  Handle const parent = open_parent(file, ordinary.group);
  if (!parent.valid()) {
    return;
  }
  OrdinaryDataset moved = ordinary;
  moved.group = elsewhere;
  char const* const name = ordinary.name.c_str();
  std::string const target = fmt::format("{}/{}", elsewhere, name);
  switch (std::size_t const kind = choices.below(16)) {
    case 0:
      return put_ordinary(parent, ordinary);
    case 1:
      return;
    case 2:  // leads nowhere
      H5Lcreate_soft("/nowhere", parent.id(), name, H5P_DEFAULT, H5P_DEFAULT);
      return;
    case 3:  // leads to itself
      H5Lcreate_soft(name, parent.id(), name, H5P_DEFAULT, H5P_DEFAULT);
      return;
    case 4:
      Handle(H5Gcreate2(parent.id(), name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
      return;
    case 5: {
      Handle const type = choose_type(choices);
      H5Tcommit2(parent.id(), name, type.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      return;
    }
    case 6:
      H5Lcreate_external("/nowhere/absent.h5", "/entry1", parent.id(), name, H5P_DEFAULT, H5P_DEFAULT);
      return;
    case 7:
    case 8:
    case 9: {
      Handle const there = open_parent(file, elsewhere);
      put_ordinary(there, moved);
      if (kind == 7) {
        H5Lcreate_soft(target.c_str(), parent.id(), name, H5P_DEFAULT, H5P_DEFAULT);
      } else if (kind == 8) {
        H5Lcreate_hard(there.id(), name, parent.id(), name, H5P_DEFAULT, H5P_DEFAULT);
      } else {
        H5Lcreate_external(path_of_file.c_str(), target.c_str(), parent.id(), name, H5P_DEFAULT, H5P_DEFAULT);
      }
      return;
    }
    default:
      return put_hostile(parent, ordinary, path_of_file, choices);
  }
}

void put_attribute(Handle const& object, std::string const& name, Choices& choices) {
  std::size_t const kind = choices.below(4);
  if (kind == 0) {
    return;
  }
  std::string const text = kind == 1 ? choices.text() : std::string();
  Handle const type = kind == 1 ? make_text_type(text.size()) : choose_type(choices);
  std::vector<hsize_t> const sizes = kind == 3 ? choose_sizes({100}, choices) : std::vector<hsize_t>();
  Handle const space = kind == 3 ? choose_space(sizes, choices) : space_of({});
  hssize_t const count = H5Sget_simple_extent_npoints(space.id());
  // an attribute has all its room from the beginning
  if (count < 0 || static_cast<hsize_t>(count) > most_values) {
    return;
  }
  Handle const attribute(H5Acreate2(object.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
  if (!attribute.valid()) {
    return;
  }
  if (kind == 1) {
    std::string const padded = text.empty() ? std::string(1, '\0') : text;
    H5Awrite(attribute.id(), type.id(), padded.data());
    return;
  }
  Values const values(type, static_cast<std::size_t>(count), choices);
  if (values.valid()) {
    H5Awrite(attribute.id(), type.id(), values.data());
  }
}

}  // namespace lauebench::fuzz
