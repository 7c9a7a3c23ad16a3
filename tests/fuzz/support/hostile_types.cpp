#include "support/hostile_types.hpp"

#include <array>
#include <cstring>

namespace lauebench::fuzz {
namespace {

using hdf5::Handle;

Handle copy_of(hid_t type) { return Handle(H5Tcopy(type)); }

/// 12 of 16 bits, which begin at bit 2.
Handle narrow_integer() {
  Handle type = copy_of(H5T_STD_U16LE);
  H5Tset_precision(type.id(), 12);
  H5Tset_offset(type.id(), 2);
  return type;
}

/// 4 bytes with 6 bits of exponent.
Handle odd_float() {
  Handle type = copy_of(H5T_IEEE_F32LE);
  H5Tset_fields(type.id(), 31, 24, 6, 0, 24);
  H5Tset_ebias(type.id(), 31);
  return type;
}

Handle half_float() {
  Handle type = copy_of(H5T_IEEE_F32LE);
  H5Tset_fields(type.id(), 15, 10, 5, 0, 10);
  H5Tset_size(type.id(), 2);
  H5Tset_ebias(type.id(), 15);
  return type;
}

Handle variable_text() {
  Handle type = copy_of(H5T_C_S1);
  H5Tset_size(type.id(), H5T_VARIABLE);
  return type;
}

Handle compound(hid_t second) {
  Handle type(H5Tcreate(H5T_COMPOUND, 2 + H5Tget_size(second)));
  H5Tinsert(type.id(), "a", 0, H5T_STD_U16LE);
  H5Tinsert(type.id(), "b", 2, second);
  return type;
}

Handle enumeration() {
  Handle type(H5Tenum_create(H5T_STD_U16LE));
  std::uint16_t value = 0;
  H5Tenum_insert(type.id(), "none", &value);
  value = 1;
  H5Tenum_insert(type.id(), "one", &value);
  return type;
}

Handle array_of_three(hid_t element) {
  hsize_t const size = 3;
  return Handle(H5Tarray_create2(element, 1, &size));
}

Handle opaque() {
  Handle type(H5Tcreate(H5T_OPAQUE, 2));
  H5Tset_tag(type.id(), "two bytes");
  return type;
}

Handle choose_structured_type(Choices& choices) {
  switch (choices.below(14)) {
    case 0:
      return compound(H5T_IEEE_F64LE);
    case 1:
      return compound(variable_text().id());
    case 2:
      return enumeration();
    case 3:
      return array_of_three(H5T_STD_U16LE);
    case 4:
      return array_of_three(variable_text().id());
    case 5:
      return Handle(H5Tvlen_create(H5T_STD_U16LE));
    case 6:
      return opaque();
    case 7:
      return copy_of(H5T_STD_B16LE);
    case 8:
      return copy_of(H5T_STD_REF_OBJ);
    case 9:
      return copy_of(H5T_STD_REF_DSETREG);
    case 10:
      return copy_of(H5T_UNIX_D32LE);
    case 11:
      return variable_text();
    case 12:
      return make_text_type(1 + choices.below(256));
    default:
      return Handle(H5Tvlen_create(variable_text().id()));
  }
}

}  // namespace

Handle make_text_type(std::size_t bytes) {
  Handle type = copy_of(H5T_C_S1);
  H5Tset_size(type.id(), std::max<std::size_t>(bytes, 1));
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  return type;
}

Handle choose_type(Choices& choices) {
  std::array const plain{H5T_STD_U16LE,  H5T_STD_U8LE,   H5T_STD_I8LE,  H5T_STD_I16LE,     H5T_STD_I32LE,
                         H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_STD_U16BE, H5T_STD_I32BE,     H5T_IEEE_F64BE,
                         H5T_STD_U32LE,  H5T_STD_I64LE,  H5T_STD_U64BE, H5T_NATIVE_LDOUBLE};
  switch (std::size_t const kind = choices.below(plain.size() + 4)) {
    case plain.size():
      return narrow_integer();
    case plain.size() + 1:
      return odd_float();
    case plain.size() + 2:
      return half_float();
    case plain.size() + 3:
      return choose_structured_type(choices);
    default:
      return copy_of(plain.at(kind));
  }
}

Values::Values(Handle const& type, std::size_t count, Choices& choices) : pattern_(choices.text()) {
  pattern_.push_back('\0');
  H5T_class_t const kind = H5Tget_class(type.id());
  bool const is_text = kind == H5T_STRING && H5Tis_variable_str(type.id()) > 0;
  Handle const element(kind == H5T_VLEN ? H5Tget_super(type.id()) : H5I_INVALID_HID);
  bool const is_sequence = kind == H5T_VLEN && H5Tget_class(element.id()) == H5T_INTEGER;
  bool const holds_others = H5Tdetect_class(type.id(), H5T_VLEN) > 0 || H5Tdetect_class(type.id(), H5T_REFERENCE) > 0 ||
                            (H5Tdetect_class(type.id(), H5T_STRING) > 0 && kind != H5T_STRING);
  if (holds_others && !is_text && !is_sequence) {
    return;
  }
  bytes_.resize(count * H5Tget_size(type.id()));
  if (is_text || is_sequence) {
    fill_with_pointers(is_text);
    return;
  }
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    bytes_[i] = static_cast<std::byte>(pattern_[i % pattern_.size()]);
  }
}

void Values::fill_with_pointers(bool are_texts) {
  std::size_t const step = are_texts ? sizeof(char*) : sizeof(hvl_t);
  for (std::size_t i = 0; i + step <= bytes_.size(); i += step) {
    char* const text = pattern_.data();
    hvl_t const sequence{pattern_.size() / 2, text};
    std::memcpy(bytes_.data() + i, are_texts ? static_cast<void const*>(&text) : &sequence, step);
  }
}

}  // namespace lauebench::fuzz
