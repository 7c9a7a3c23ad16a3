#include "support/depth_file_reader.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include <hdf5.h>

namespace lauebench::test {

namespace {

hid_t valid(hid_t id) {
  if (id < 0) {
    throw std::runtime_error("depth file reader: an HDF5 call failed");
  }
  return id;
}

ElementType element_type_of(hid_t type) {
  // In the order of ElementType.
  std::array const types{H5T_STD_U8LE,  H5T_STD_I8LE,   H5T_STD_U16LE, H5T_STD_I16LE,
                         H5T_STD_I32LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE};
  for (ElementType const candidate : all_element_types) {
    if (H5Tequal(type, types[static_cast<std::size_t>(candidate)]) > 0) {
      return candidate;
    }
  }
  throw std::runtime_error("depth file reader: the image's type is not one of a depth file");
}

void read_image(hid_t file, DepthImage& image) {
  hid_t const dataset = valid(H5Dopen2(file, "/entry1/data/data", H5P_DEFAULT));
  hid_t const type = valid(H5Dget_type(dataset));
  hid_t const space = valid(H5Dget_space(dataset));
  std::array<hsize_t, 2> sizes{};
  if (H5Sget_simple_extent_ndims(space) != 2) {
    throw std::runtime_error("depth file reader: the image is not two-dimensional");
  }
  H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
  image.rows = static_cast<int>(sizes[0]);
  image.columns = static_cast<int>(sizes[1]);
  image.element_type = element_type_of(type);
  image.bytes.resize(sizes[0] * sizes[1] * size_bytes(image.element_type));
  valid(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, image.bytes.data()));
  hid_t const attribute = valid(H5Aopen(dataset, "signal", H5P_DEFAULT));
  valid(H5Aread(attribute, H5T_NATIVE_INT, &image.signal));
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  H5Dclose(dataset);
}

void read_depth(hid_t file, DepthImage& image) {
  hid_t const dataset = valid(H5Dopen2(file, "/entry1/depth", H5P_DEFAULT));
  hid_t const space = valid(H5Dget_space(dataset));
  if (H5Sget_simple_extent_ndims(space) != 1 || H5Sget_simple_extent_npoints(space) != 1) {
    throw std::runtime_error("depth file reader: the depth is not one element");
  }
  valid(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &image.depth_um));
  hid_t const attribute = valid(H5Aopen(dataset, "units", H5P_DEFAULT));
  hid_t const type = valid(H5Aget_type(attribute));
  image.depth_units.resize(H5Tget_size(type));
  valid(H5Aread(attribute, type, image.depth_units.data()));
  H5Tclose(type);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Dclose(dataset);
}

template <class T>
std::vector<double> converted(std::vector<std::byte> const& bytes) {
  std::vector<double> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value{};
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<double>(value);
  }
  return values;
}

}  // namespace

DepthImage read_depth_image(std::filesystem::path const& file) {
  hid_t const id = valid(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  DepthImage image;
  read_image(id, image);
  read_depth(id, image);
  H5Fclose(id);
  return image;
}

std::vector<double> values_of(DepthImage const& image) {
  switch (image.element_type) {
    case ElementType::uint8:
      return converted<std::uint8_t>(image.bytes);
    case ElementType::int8:
      return converted<std::int8_t>(image.bytes);
    case ElementType::uint16:
      return converted<std::uint16_t>(image.bytes);
    case ElementType::int16:
      return converted<std::int16_t>(image.bytes);
    case ElementType::int32:
      return converted<std::int32_t>(image.bytes);
    case ElementType::float32:
      return converted<float>(image.bytes);
    case ElementType::float64:
      return converted<double>(image.bytes);
  }
  return {};
}

}  // namespace lauebench::test
