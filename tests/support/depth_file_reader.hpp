#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "kokkos_kernels/types.hpp"

namespace lauebench::test {

/// A depth file as plain HDF5 calls read it.
struct DepthImage {
  int rows = 0;
  int columns = 0;
  ElementType element_type = ElementType::uint16;
  std::vector<std::byte> bytes;  ///< [rows][columns] of the element type, native byte order
  int signal = 0;                ///< the image's attribute
  double depth_um = 0.0;
  std::string depth_units;
};

/// Throws std::runtime_error when the file is not a depth file.
[[nodiscard]] DepthImage read_depth_image(std::filesystem::path const& file);

/// The image's values as double.
[[nodiscard]] std::vector<double> values_of(DepthImage const& image);

}  // namespace lauebench::test
