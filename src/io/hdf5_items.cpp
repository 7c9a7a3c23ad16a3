#include "io/hdf5_items.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench::hdf5 {

namespace {

/// By how much a file in memory grows at a time.
constexpr std::size_t increment_bytes = 256 * 1024;

constexpr std::string_view what_to_do = "check the space that is left and the filesystem";

Error write_error(std::string_view problem) { return {ReturnCode::io_error, problem, reason(), what_to_do}; }

Handle scalar_space(std::string_view problem) { return require_created(H5Screate(H5S_SCALAR), problem); }

Handle text_type(std::string_view text, std::string_view problem) {
  Handle type = require_created(H5Tcopy(H5T_C_S1), problem);
  check_written(H5Tset_size(type.id(), std::max<std::size_t>(text.size(), 1)), problem);
  check_written(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), problem);
  return type;
}

std::string problem_of(std::string const& name) { return fmt::format("cannot write '{}'", name); }

void put_dataset(Handle const& parent, std::string const& name, hid_t type, hid_t space, void const* values) {
  auto const problem = problem_of(name);
  Handle const dataset = require_created(
      H5Dcreate2(parent.id(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), problem);
  check_written(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), problem);
}

void put_scalar_attribute(Handle const& object, std::string const& name, hid_t type, void const* value) {
  auto const problem = problem_of(name);
  Handle const space = scalar_space(problem);
  Handle const attribute =
      require_created(H5Acreate2(object.id(), name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT), problem);
  check_written(H5Awrite(attribute.id(), type, value), problem);
}

/// HDF5 reads at least one character.
char const* first_character(std::string_view text) { return text.empty() ? "" : text.data(); }

}  // namespace

Handle require_created(hid_t id, std::string_view problem) {
  if (id < 0) {
    throw write_error(problem);
  }
  return Handle(id);
}

void check_written(herr_t status, std::string_view problem) {
  if (status < 0) {
    throw write_error(problem);
  }
}

Handle create_in_memory(hid_t creation, std::string_view problem) {
  Handle const access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fapl_core(access.id(), increment_bytes, false);
  // HDF5 looks for a file of this name first, so it is one that cannot exist.
  return require_created(H5Fcreate("/dev/null/in_memory", H5F_ACC_TRUNC, creation, access.id()), problem);
}

Handle make_group(Handle const& parent, std::string const& name) {
  return require_created(H5Gcreate2(parent.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                         problem_of(name));
}

void put_scalar(Handle const& parent, std::string const& name, std::int32_t value) {
  put_dataset(parent, name, H5T_NATIVE_INT32, scalar_space(problem_of(name)).id(), &value);
}

void put_scalar(Handle const& parent, std::string const& name, double value) {
  put_dataset(parent, name, H5T_NATIVE_DOUBLE, scalar_space(problem_of(name)).id(), &value);
}

void put_text(Handle const& parent, std::string const& name, std::string_view text) {
  auto const problem = problem_of(name);
  put_dataset(parent, name, text_type(text, problem).id(), scalar_space(problem).id(), first_character(text));
}

void put_vector(Handle const& parent, std::string const& name, std::span<double const> values, std::string_view units) {
  auto const problem = problem_of(name);
  std::array<hsize_t, 1> const size{values.size()};
  Handle const space = require_created(H5Screate_simple(1, size.data(), nullptr), problem);
  // HDF5 takes no null pointer, not even for nothing.
  double const nothing = 0.0;
  put_dataset(parent, name, H5T_NATIVE_DOUBLE, space.id(), values.empty() ? &nothing : values.data());
  Handle const dataset = require_created(H5Dopen2(parent.id(), name.c_str(), H5P_DEFAULT), problem);
  put_attribute(dataset, "units", units);
}

void put_attribute(Handle const& object, std::string const& name, std::string_view text) {
  put_scalar_attribute(object, name, text_type(text, problem_of(name)).id(), first_character(text));
}

void put_attribute(Handle const& object, std::string const& name, double value) {
  put_scalar_attribute(object, name, H5T_NATIVE_DOUBLE, &value);
}

void put_attribute(Handle const& object, std::string const& name, std::int32_t value) {
  put_scalar_attribute(object, name, H5T_NATIVE_INT32, &value);
}

void put_attribute(Handle const& object, std::string const& name, std::int64_t value) {
  put_scalar_attribute(object, name, H5T_NATIVE_INT64, &value);
}

void put_attribute(Handle const& object, std::string const& name, std::uint64_t value) {
  put_scalar_attribute(object, name, H5T_NATIVE_UINT64, &value);
}

}  // namespace lauebench::hdf5
