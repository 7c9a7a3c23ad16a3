#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "kokkos_kernels/types.hpp"

namespace lauebench {

/// Some rows of a depth image, all of its columns.
struct DepthRows {
  ElementType element_type = ElementType::uint16;
  int first_row = 0;
  int rows = 0;
  int columns = 0;
  std::span<std::byte const> values;  ///< [rows][columns]
};

/// Writes rows into the image of a depth file that is laid out already, by HDF5 alone. The file is open only meanwhile:
/// each that stays open would cost 0.55 MB. Throws Error (io_error), beginning with `problem`.
void write_rows_by_hdf5(std::filesystem::path const& file, DepthRows const& rows, std::string_view problem);

}  // namespace lauebench
