#pragma once

#include <optional>

#include "io/hdf5_handle.hpp"
#include "kokkos_kernels/types.hpp"

namespace lauebench::hdf5 {

/// The element type in this machine's memory. HDF5 owns the identifier; valid inside a Scope.
[[nodiscard]] hid_t memory_type(ElementType type);

/// The element type as files that this program writes have it: little endian.
[[nodiscard]] hid_t stored_type(ElementType type);

/// The element type that holds every value of a stored type, whatever its byte order; empty for what a wire scan may
/// not hold (strings, compounds, 64-bit integers, ...).
[[nodiscard]] std::optional<ElementType> element_type_of(Handle const& type);

/// "64-bit signed integer", "string", ...: for errors.
[[nodiscard]] std::string describe_type(Handle const& type);

/// A dataset of integers or floating-point numbers, opened but not read.
struct NumberDataset {
  Handle dataset;
  std::string path;
  hsize_t count = 0;  ///< elements, whatever the rank

  /// All elements as double. Throws Error (bad_input).
  [[nodiscard]] std::vector<double> read() const;
};

/// Empty when there is no link called `path`. Throws Error (bad_input) when it leads to no dataset of numbers;
/// `problem` opens the message.
[[nodiscard]] std::optional<NumberDataset> find_numbers(Handle const& file, std::string const& path,
                                                        std::string const& problem);

/// Text of a string attribute with one element; empty when it is missing or something else.
[[nodiscard]] std::optional<std::string> text_attribute(Handle const& object, std::string const& name);

}  // namespace lauebench::hdf5
