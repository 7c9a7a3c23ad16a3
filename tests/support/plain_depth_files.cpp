#include "support/plain_depth_files.hpp"

#include <array>
#include <stdexcept>
#include <string>

#include <hdf5.h>

namespace lauebench::test {
namespace {

hid_t native_type(ElementType type) {
  switch (type) {
    case ElementType::uint8:
      return H5T_NATIVE_UINT8;
    case ElementType::int8:
      return H5T_NATIVE_INT8;
    case ElementType::uint16:
      return H5T_NATIVE_UINT16;
    case ElementType::int16:
      return H5T_NATIVE_INT16;
    case ElementType::int32:
      return H5T_NATIVE_INT32;
    case ElementType::float32:
      return H5T_NATIVE_FLOAT;
    case ElementType::float64:
      break;
  }
  return H5T_NATIVE_DOUBLE;
}

template <std::size_t Rank>
herr_t write_dataset(hid_t file, char const* path, hid_t type, std::array<hsize_t, Rank> const& shape,
                     void const* values) {
  hid_t const parents = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(parents, 1);
  hid_t const space = H5Screate_simple(Rank, shape.data(), nullptr);
  hid_t const dataset = H5Dcreate2(file, path, type, space, parents, H5P_DEFAULT, H5P_DEFAULT);
  herr_t const status = H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  H5Dclose(dataset);
  H5Sclose(space);
  H5Pclose(parents);
  return status;
}

}  // namespace

void write_plain_depth_files(std::filesystem::path const& base, DepthGrid const& depths, int rows, int columns,
                             ElementType type, std::span<std::byte const> images) {
  std::array<hsize_t, 2> const shape{static_cast<hsize_t>(rows), static_cast<hsize_t>(columns)};
  std::size_t const image_bytes = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * size_bytes(type);
  for (int m = 0; m < depths.count; ++m) {
    std::string const name = base.string() + std::to_string(m) + ".h5";
    hid_t const file = H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    double const depth_um = depths.depth_um(m);
    std::byte const* const image = images.data() + static_cast<std::size_t>(m) * image_bytes;
    herr_t const image_status = write_dataset(file, "/entry1/data/data", native_type(type), shape, image);
    herr_t const depth_status =
        write_dataset(file, "/entry1/depth", H5T_NATIVE_DOUBLE, std::array<hsize_t, 1>{1}, &depth_um);
    if (image_status < 0 || depth_status < 0 || H5Fclose(file) < 0) {
      throw std::runtime_error("cannot write " + name);
    }
  }
}

}  // namespace lauebench::test
