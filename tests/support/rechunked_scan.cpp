#include "support/rechunked_scan.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <hdf5.h>

namespace lauebench::test {
namespace {

constexpr char const* stack_path = "/entry1/data/data";

herr_t copy_attribute(hid_t from, char const* name, H5A_info_t const* /*info*/, void* to) {
  hid_t const attribute = H5Aopen(from, name, H5P_DEFAULT);
  hid_t const type = H5Aget_type(attribute);
  hid_t const space = H5Aget_space(attribute);
  std::vector<char> value(H5Aget_storage_size(attribute));
  hid_t const copy = H5Acreate2(*static_cast<hid_t*>(to), name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  herr_t const status = H5Aread(attribute, type, value.data()) < 0 ? -1 : H5Awrite(copy, type, value.data());
  H5Aclose(copy);
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return status;
}

/// `new_stack` with type, shape, values and attributes of `stack`.
herr_t copy_stack(hid_t file, hid_t stack, char const* new_stack, hid_t properties) {
  hid_t const type = H5Dget_type(stack);
  hid_t const space = H5Dget_space(stack);
  hssize_t const count = H5Sget_simple_extent_npoints(space);
  std::vector<char> values(static_cast<std::size_t>(count) * H5Tget_size(type));
  hid_t copy = H5Dcreate2(file, new_stack, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  herr_t status = H5Dread(stack, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  if (status >= 0) {
    status = H5Dwrite(copy, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }
  if (status >= 0) {
    status = H5Aiterate2(stack, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, copy_attribute, &copy);
  }
  H5Dclose(copy);
  H5Sclose(space);
  H5Tclose(type);
  return status;
}

hid_t chunk_properties(hid_t stack, std::array<std::uint64_t, 3> const& chunk, int gzip_level, bool shuffle) {
  hid_t const space = H5Dget_space(stack);
  std::array<hsize_t, 3> sizes{};
  H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
  H5Sclose(space);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    sizes[axis] = chunk[axis] == 0 ? sizes[axis] : chunk[axis];
  }
  hid_t const properties = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(properties, 3, sizes.data());
  if (shuffle) {
    H5Pset_shuffle(properties);
  }
  if (gzip_level > 0) {
    H5Pset_deflate(properties, static_cast<unsigned>(gzip_level));
  }
  return properties;
}

}  // namespace

void copy_in_chunks(std::filesystem::path const& from, std::filesystem::path const& to,
                    std::array<std::uint64_t, 3> const& chunk, int gzip_level, bool shuffle) {
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  hid_t const file = H5Fopen(to.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  hid_t const stack = H5Dopen2(file, stack_path, H5P_DEFAULT);
  hid_t const properties = chunk_properties(stack, chunk, gzip_level, shuffle);
  std::string const in_the_meantime = std::string(stack_path) + "_in_chunks";
  herr_t const status = copy_stack(file, stack, in_the_meantime.c_str(), properties);
  H5Pclose(properties);
  H5Dclose(stack);
  if (status < 0 || H5Ldelete(file, stack_path, H5P_DEFAULT) < 0 ||
      H5Lmove(file, in_the_meantime.c_str(), file, stack_path, H5P_DEFAULT, H5P_DEFAULT) < 0 || H5Fclose(file) < 0) {
    throw std::runtime_error("cannot store the frames of " + from.string() + " in other chunks");
  }
}

}  // namespace lauebench::test
