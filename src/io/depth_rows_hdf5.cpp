#include "io/depth_rows_hdf5.hpp"

#include <array>

#include <hdf5.h>

#include "io/hdf5_handle.hpp"
#include "io/hdf5_items.hpp"
#include "io/hdf5_types.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {

void write_rows_by_hdf5(std::filesystem::path const& file, DepthRows const& rows, std::string_view problem) {
  hdf5::Scope const scope;
  hdf5::Handle const opened = hdf5::open_for_writing(file, problem);
  hdf5::Handle const image = hdf5::require_created(H5Dopen2(opened.id(), stack_path, H5P_DEFAULT), problem);
  std::array<hsize_t, 2> const first{static_cast<hsize_t>(rows.first_row), 0};
  std::array<hsize_t, 2> const count{static_cast<hsize_t>(rows.rows), static_cast<hsize_t>(rows.columns)};
  hdf5::Handle const place = hdf5::require_created(H5Dget_space(image.id()), problem);
  hdf5::check_written(H5Sselect_hyperslab(place.id(), H5S_SELECT_SET, first.data(), nullptr, count.data(), nullptr),
                      problem);
  hdf5::Handle const memory = hdf5::require_created(H5Screate_simple(2, count.data(), nullptr), problem);
  hdf5::check_written(H5Dwrite(image.id(), hdf5::memory_type(rows.element_type), memory.id(), place.id(), H5P_DEFAULT,
                               rows.values.data()),
                      problem);
  // what HDF5 still holds would otherwise be written where nobody looks at the outcome: when the file is closed
  hdf5::check_written(H5Fflush(opened.id(), H5F_SCOPE_LOCAL), problem);
}

}  // namespace lauebench
