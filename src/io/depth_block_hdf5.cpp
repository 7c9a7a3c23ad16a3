#include "io/depth_block_hdf5.hpp"

#include <vector>

#include <hdf5.h>

#include "io/hdf5_handle.hpp"
#include "io/hdf5_items.hpp"
#include "io/hdf5_types.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {

void write_block(hdf5::Handle const& images, DepthBlock const& block, std::string_view problem, hid_t transfer) {
  std::vector<hsize_t> const first(block.first.begin(), block.first.end());
  std::vector<hsize_t> const sizes(block.sizes.begin(), block.sizes.end());
  hdf5::Handle const place = hdf5::require_created(H5Dget_space(images.id()), problem);
  hdf5::check_written(H5Sselect_hyperslab(place.id(), H5S_SELECT_SET, first.data(), nullptr, sizes.data(), nullptr),
                      problem);
  hdf5::Handle const memory =
      hdf5::require_created(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), problem);
  hdf5::check_written(H5Dwrite(images.id(), hdf5::memory_type(block.element_type), memory.id(), place.id(), transfer,
                               block.values.data()),
                      problem);
}

void write_block_by_hdf5(std::filesystem::path const& file, DepthBlock const& block, std::string_view problem) {
  hdf5::Scope const scope;
  hdf5::Handle const opened = hdf5::open_for_writing(file, problem);
  write_block(hdf5::require_created(H5Dopen2(opened.id(), stack_path, H5P_DEFAULT), problem), block, problem);
  // what HDF5 still holds would otherwise be written where nobody looks at the outcome: when the file is closed
  hdf5::check_written(H5Fflush(opened.id(), H5F_SCOPE_LOCAL), problem);
}

}  // namespace lauebench
