#include "support/hdf5_leftovers.hpp"

#include <array>

#include "io/hdf5_handle.hpp"

// HDF5 1.10.8 does not free all that it read of a dataset which it then fails to open (H5D__layout_oh_read). Its stacks
// have no frames of ours, so this cannot be told from what somebody forgot to close: open_identifiers() finds that.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the sanitiser's name
extern "C" char const* __lsan_default_suppressions() { return "leak:libhdf5"; }

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the sanitiser's name
extern "C" char const* __lsan_default_options() { return "print_suppressions=0"; }

namespace lauebench::fuzz {

void keep_nothing_in_hdf5() {
  hdf5::Scope const scope;
  H5open();
  H5set_free_list_limits(0, 0, 0, 0, 0, 0);
}

long open_identifiers() {
  hdf5::Scope const scope;
  constexpr std::array kinds{H5I_FILE,    H5I_GROUP, H5I_DATATYPE,    H5I_DATASPACE,
                             H5I_DATASET, H5I_ATTR,  H5I_GENPROP_LST, H5I_ERROR_STACK};
  long sum = 0;
  for (H5I_type_t const kind : kinds) {
    hsize_t members = 0;
    H5Inmembers(kind, &members);
    sum += static_cast<long>(members);
  }
  return sum;
}

}  // namespace lauebench::fuzz
