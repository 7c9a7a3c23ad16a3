#pragma once

#include <functional>
#include <span>
#include <vector>

#include "io/depth_files.hpp"
#include "io/depth_image.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench::test {

/// Writes float64 depth images of [rows][columns] beside a scan in `folder`; `value(m, row, column)`.
inline StoredDepthImages write_depth_images(TemporaryFolder const& folder, DepthGrid const& depths, int rows,
                                            int columns, std::function<double(int, int, int)> const& value) {
  ScanSpec spec;
  spec.rows = rows;
  spec.columns = columns;
  write_scan(folder / "plain.h5", spec);
  std::vector<double> values;
  for (int m = 0; m < depths.count; ++m) {
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        values.push_back(value(m, row, column));
      }
    }
  }
  DepthFileWriter writer(folder / "image", depths,
                         make_depth_file_template(folder / "plain.h5", ElementType::float64, rows, columns));
  writer.write_rows(0, rows, std::as_bytes(std::span(values)));
  writer.publish();
  return {folder / "image", depths.count, rows, columns};
}

}  // namespace lauebench::test
