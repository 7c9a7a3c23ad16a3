#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/hdf5_handle.hpp"
#include "support/choices.hpp"

/// Types and values that HDF5 can store, most of them none that a scan should have. The caller holds a Scope.
namespace lauebench::fuzz {

/// Unsigned 16-bit integers, or one of some thirty others.
[[nodiscard]] hdf5::Handle choose_type(Choices& choices);

/// A string of fixed length, or as short as a string can be.
[[nodiscard]] hdf5::Handle make_text_type(std::size_t bytes);

/// `count` values of `type` for H5Dwrite or H5Awrite, made from some of the input's bytes; also of types that hold
/// pointers.
class Values {
 public:
  Values(hdf5::Handle const& type, std::size_t count, Choices& choices);

  /// Whether there are such values: of references, and of strings within other types, there are none here.
  [[nodiscard]] bool valid() const { return !bytes_.empty(); }
  [[nodiscard]] void const* data() const { return bytes_.data(); }

 private:
  void fill_with_pointers(bool are_texts);

  std::string pattern_;
  std::vector<std::byte> bytes_;
};

}  // namespace lauebench::fuzz
