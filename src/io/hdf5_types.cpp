#include "io/hdf5_types.hpp"

#include <array>
#include <cstring>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/chunk_sizes.hpp"

namespace lauebench::hdf5 {

hid_t memory_type(ElementType type) {
  std::array const types{H5T_NATIVE_UINT8, H5T_NATIVE_INT8,  H5T_NATIVE_UINT16, H5T_NATIVE_INT16,
                         H5T_NATIVE_INT32, H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE};
  return types[static_cast<std::size_t>(type)];
}

hid_t stored_type(ElementType type) {
  std::array const types{H5T_STD_U8LE,  H5T_STD_I8LE,   H5T_STD_U16LE, H5T_STD_I16LE,
                         H5T_STD_I32LE, H5T_IEEE_F32LE, H5T_IEEE_F64LE};
  return types[static_cast<std::size_t>(type)];
}

std::optional<ElementType> element_type_of(Handle const& type) {
  Scope const scope;
  auto const kind = H5Tget_class(type.id());
  auto const bytes = H5Tget_size(type.id());
  bool const is_signed = kind == H5T_INTEGER && H5Tget_sign(type.id()) == H5T_SGN_2;
  for (ElementType const candidate : all_element_types) {
    bool const floating = candidate == ElementType::float32 || candidate == ElementType::float64;
    bool const candidate_signed = !floating && candidate != ElementType::uint8 && candidate != ElementType::uint16;
    if (kind == (floating ? H5T_FLOAT : H5T_INTEGER) && bytes == size_bytes(candidate) &&
        is_signed == candidate_signed) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::string describe_type(Handle const& type) {
  Scope const scope;
  auto const bits = 8 * H5Tget_size(type.id());
  switch (H5Tget_class(type.id())) {
    case H5T_INTEGER:
      return fmt::format("{}-bit {} integer", bits, H5Tget_sign(type.id()) == H5T_SGN_2 ? "signed" : "unsigned");
    case H5T_FLOAT:
      return fmt::format("{}-bit floating-point number", bits);
    case H5T_STRING:
      return "string";
    case H5T_COMPOUND:
      return "compound";
    case H5T_ENUM:
      return "enumeration";
    case H5T_ARRAY:
      return "array";
    default:
      return "neither integer nor floating-point number";
  }
}

std::vector<double> NumberDataset::read() const {
  Scope const scope;
  std::vector<double> values(count);
  if (count > 0) {
    std::string const problem = fmt::format("cannot read {}", path);
    require_whole_chunks(dataset, problem);
    check(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), problem,
          check_or_copy_again);
  }
  return values;
}

std::optional<NumberDataset> find_numbers(Handle const& file, std::string const& path, std::string const& problem) {
  Scope const scope;
  if (!link_exists(file.id(), path)) {
    return std::nullopt;
  }
  Handle dataset = open_dataset(file.id(), path, fmt::format("{}: {} is no dataset that can be opened", problem, path),
                                "check the file with h5dump");
  Handle const type(H5Dget_type(dataset.id()));
  auto const kind = H5Tget_class(type.id());
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) {
    throw bad_input(problem, fmt::format("{} is of type {}", path, describe_type(type)),
                    "expected integers or floating-point numbers");
  }
  Handle const space(H5Dget_space(dataset.id()));
  auto const count = H5Sget_simple_extent_npoints(space.id());
  if (count < 0) {
    throw bad_input(problem, fmt::format("the shape of {} cannot be read; {}", path, reason()),
                    "check the file with h5dump");
  }
  return NumberDataset{std::move(dataset), path, static_cast<hsize_t>(count)};
}

std::optional<std::string> text_attribute(Handle const& object, std::string const& name) {
  Scope const scope;
  if (H5Aexists(object.id(), name.c_str()) <= 0) {
    return std::nullopt;
  }
  Handle const attribute(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT));
  Handle const type(H5Aget_type(attribute.id()));
  Handle const space(H5Aget_space(attribute.id()));
  if (H5Tget_class(type.id()) != H5T_STRING || H5Sget_simple_extent_npoints(space.id()) != 1) {
    return std::nullopt;
  }
  if (H5Tis_variable_str(type.id()) > 0) {
    char* text = nullptr;
    if (H5Aread(attribute.id(), type.id(), &text) < 0 || text == nullptr) {
      return std::nullopt;
    }
    std::string const copy(text);
    H5free_memory(text);
    return copy;
  }
  std::string text(H5Tget_size(type.id()), '\0');
  if (H5Aread(attribute.id(), type.id(), text.data()) < 0) {
    return std::nullopt;
  }
  text.resize(::strnlen(text.data(), text.size()));
  return text;
}

}  // namespace lauebench::hdf5
