#include "support/scan_fixture.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

#include <hdf5.h>

namespace lauebench::test {

namespace {

hid_t valid(hid_t id) {
  if (id < 0) {
    throw std::runtime_error("scan fixture: an HDF5 call failed");
  }
  return id;
}

void succeeded(herr_t status) { valid(status); }

/// In the order of ElementType.
hid_t native_type(ElementType type) {
  std::array const types{H5T_NATIVE_UINT8, H5T_NATIVE_INT8,  H5T_NATIVE_UINT16, H5T_NATIVE_INT16,
                         H5T_NATIVE_INT32, H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE};
  return types[static_cast<std::size_t>(type)];
}

hid_t file_type(ScanSpec const& spec) {
  hid_t const type = valid(H5Tcopy(native_type(spec.element_type)));
  if (spec.element_type != ElementType::uint8 && spec.element_type != ElementType::int8) {
    succeeded(H5Tset_order(type, spec.byte_order == ByteOrder::big_endian ? H5T_ORDER_BE : H5T_ORDER_LE));
  }
  return type;
}

template <class T>
void put(std::byte*& place, double value) {
  auto const converted = static_cast<T>(value);
  std::memcpy(place, &converted, sizeof converted);
  place += sizeof converted;
}

void put_value(ElementType type, std::byte*& place, double value) {
  switch (type) {
    case ElementType::uint8:
      return put<std::uint8_t>(place, value);
    case ElementType::int8:
      return put<std::int8_t>(place, value);
    case ElementType::uint16:
      return put<std::uint16_t>(place, value);
    case ElementType::int16:
      return put<std::int16_t>(place, value);
    case ElementType::int32:
      return put<std::int32_t>(place, value);
    case ElementType::float32:
      return put<float>(place, value);
    case ElementType::float64:
      return put<double>(place, value);
  }
}

void make_group(hid_t file, std::string const& path) {
  if (path != "/entry1" && H5Lexists(file, path.c_str(), H5P_DEFAULT) <= 0) {
    succeeded(H5Gclose(valid(H5Gcreate2(file, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT))));
  }
}

/// One element becomes a scalar where `scalar` says so.
void put_numbers(hid_t file, std::string const& path, std::vector<double> const& values, bool scalar) {
  hsize_t const count = values.size();
  hid_t const space = valid(scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr));
  hid_t const dataset =
      valid(H5Dcreate2(file, path.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  if (count > 0) {
    succeeded(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  }
  H5Dclose(dataset);
  H5Sclose(space);
}

hid_t text_type(std::string const& text) {
  hid_t const type = valid(H5Tcopy(H5T_C_S1));
  succeeded(H5Tset_size(type, text.size()));
  return type;
}

void put_texts(hid_t file, ScanSpec const& spec) {
  hid_t const scalar = valid(H5Screate(H5S_SCALAR));
  if (!spec.file_time.empty()) {
    hid_t const type = text_type(spec.file_time);
    hid_t const attribute = valid(H5Acreate2(file, "file_time", type, scalar, H5P_DEFAULT, H5P_DEFAULT));
    succeeded(H5Awrite(attribute, type, spec.file_time.data()));
    H5Aclose(attribute);
    H5Tclose(type);
  }
  hid_t const type = text_type(spec.title);
  hid_t const dataset = valid(H5Dcreate2(file, "/entry1/title", type, scalar, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  succeeded(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, spec.title.data()));
  H5Dclose(dataset);
  H5Tclose(type);
  H5Sclose(scalar);
}

void put_stack(hid_t file, ScanSpec const& spec) {
  std::array<hsize_t, 3> const sizes{static_cast<hsize_t>(spec.frames), static_cast<hsize_t>(spec.rows),
                                     static_cast<hsize_t>(spec.columns)};
  hid_t const space = valid(H5Screate_simple(3, sizes.data(), nullptr));
  hid_t const properties = valid(H5Pcreate(H5P_DATASET_CREATE));
  if (!spec.chunk.empty()) {
    std::array<hsize_t, 3> const chunk{spec.chunk.at(0), spec.chunk.at(1), spec.chunk.at(2)};
    succeeded(H5Pset_chunk(properties, 3, chunk.data()));
  }
  if (spec.shuffle) {
    succeeded(H5Pset_shuffle(properties));
  }
  if (spec.gzip_level > 0) {
    succeeded(H5Pset_deflate(properties, static_cast<unsigned>(spec.gzip_level)));
  }
  hid_t const type = file_type(spec);
  hid_t const dataset = valid(H5Dcreate2(file, "/entry1/data/data", type, space, H5P_DEFAULT, properties, H5P_DEFAULT));
  if (auto const values = expected_rows(spec, 0, 0, spec.rows); !values.empty()) {
    succeeded(H5Dwrite(dataset, native_type(spec.element_type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  }
  H5Dclose(dataset);
  H5Tclose(type);
  H5Pclose(properties);
  H5Sclose(space);
}

std::map<std::string, std::vector<double>> wire_of(ScanSpec const& spec) {
  if (spec.wire) {
    return *spec.wire;
  }
  std::vector<double> y(static_cast<std::size_t>(spec.frames) + 2);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] = static_cast<double>(i);
  }
  return {{"wireY", y}};
}

}  // namespace

double default_value(int frame, int row, int column) { return (37 * frame + 11 * row + 3 * column) % 120; }

void write_scan(std::filesystem::path const& file, ScanSpec const& spec) {
  hid_t const creation = valid(H5Pcreate(H5P_FILE_CREATE));
  succeeded(H5Pset_userblock(creation, spec.user_block_bytes));
  hid_t const id = valid(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation, H5P_DEFAULT));
  for (char const* const group : {"/entry1", "/entry1/data", "/entry1/detector"}) {
    succeeded(H5Gclose(valid(H5Gcreate2(id, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT))));
  }
  put_texts(id, spec);
  put_stack(id, spec);
  make_group(id, spec.wire_group);
  for (auto const& [name, values] : wire_of(spec)) {
    put_numbers(id, spec.wire_group + "/" + name, values, false);
  }
  for (auto const& [name, value] : spec.detector) {
    put_numbers(id, "/entry1/detector/" + name, {value}, true);
  }
  succeeded(H5Fclose(id));
  H5Pclose(creation);
}

std::vector<std::byte> expected_rows(ScanSpec const& spec, int first_frame, int first_row, int rows) {
  auto const elements = static_cast<std::size_t>(spec.frames - first_frame) * static_cast<std::size_t>(rows) *
                        static_cast<std::size_t>(spec.columns);
  std::vector<std::byte> bytes(elements * size_bytes(spec.element_type));
  std::byte* place = bytes.data();
  for (int frame = first_frame; frame < spec.frames; ++frame) {
    for (int row = first_row; row < first_row + rows; ++row) {
      for (int column = 0; column < spec.columns; ++column) {
        put_value(spec.element_type, place, spec.value(frame, row, column));
      }
    }
  }
  return bytes;
}

}  // namespace lauebench::test
