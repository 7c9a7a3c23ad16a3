#include "io/hdf5_guarded_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

#include <sys/stat.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include "io/hdf5_items.hpp"

namespace lauebench::hdf5 {

namespace {

/// HDF5 calls these functions; it knows a file by the address of the first member.
struct GuardedFile {
  H5FD_t known_to_hdf5{};
  WriteGuard* guard = nullptr;
  haddr_t allocated = 0;  ///< HDF5's "end of allocation"
  haddr_t end = 0;        ///< of what was written, or would have been
};

GuardedFile& guarded(H5FD_t* file) { return *reinterpret_cast<GuardedFile*>(file); }
GuardedFile const& guarded(H5FD_t const* file) { return *reinterpret_cast<GuardedFile const*>(file); }

H5FD_t* open_guarded(char const* /*name*/, unsigned /*flags*/, hid_t access, haddr_t /*largest_address*/) {
  auto const* const guard = static_cast<WriteGuard* const*>(H5Pget_driver_info(access));
  auto* const file = guard == nullptr ? nullptr : new (std::nothrow) GuardedFile;
  if (file == nullptr) {
    return nullptr;
  }
  file->guard = *guard;
  return &file->known_to_hdf5;
}

herr_t close_guarded(H5FD_t* file) {
  delete &guarded(file);
  return 0;
}

/// As HDF5's usual driver has it: these decide how a file is laid out.
herr_t query(H5FD_t const* /*file*/, unsigned long* features) {
  *features = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
              H5FD_FEAT_AGGREGATE_SMALLDATA;
#ifdef H5FD_FEAT_DEFAULT_VFD_COMPATIBLE
  *features |= H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
#endif
  return 0;
}

haddr_t allocated_end(H5FD_t const* file, H5FD_mem_t /*type*/) { return guarded(file).allocated; }

herr_t set_allocated_end(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t end) {
  guarded(file).allocated = end;
  return 0;
}

haddr_t written_end(H5FD_t const* file, H5FD_mem_t /*type*/) { return guarded(file).end; }

/// What was never written reads as zeros.
herr_t read_back(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address, std::size_t size,
                 void* destination) {
  auto* place = static_cast<char*>(destination);
  while (size > 0) {
    ssize_t const got = ::pread(guarded(file).guard->file->get(), place, size, static_cast<off_t>(address));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return -1;
    }
    if (got == 0) {
      std::fill_n(place, size, '\0');
      return 0;
    }
    place += got;
    address += static_cast<haddr_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return 0;
}

herr_t write_or_drop(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address, std::size_t size,
                     void const* source) {
  auto& [known, guard, allocated, end] = guarded(file);
  if (guard->error_number == 0) {
    std::array<iovec, 1> pieces{iovec{const_cast<void*>(source), size}};
    guard->error_number = write_all(*guard->file, address, pieces);
  }
  end = std::max(end, address + size);
  return 0;
}

/// Brings the file to the length that HDF5 gave it.
herr_t resize(H5FD_t* file, hid_t /*transfer*/, hbool_t /*closing*/) {
  auto& [known, guard, allocated, end] = guarded(file);
  if (guard->error_number == 0 && end != allocated &&
      ::ftruncate(guard->file->get(), static_cast<off_t>(allocated)) != 0) {
    guard->error_number = errno;
  }
  end = allocated;
  return 0;
}

hid_t registered_driver() {
  constexpr haddr_t largest_address = (haddr_t{1} << 62U) - 1;
  constexpr std::array<H5FD_mem_t, H5FD_MEM_NTYPES> free_lists = H5FD_FLMAP_DICHOTOMY;
  static H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 0)
  driver.version = H5FD_CLASS_VERSION;
  driver.value = 600;  // from 512 on: drivers that HDF5 does not know
#endif
  driver.name = "lauebench_guarded";
  driver.maxaddr = largest_address;
  driver.fc_degree = H5F_CLOSE_WEAK;
  driver.fapl_size = sizeof(WriteGuard*);
  driver.open = open_guarded;
  driver.close = close_guarded;
  driver.query = query;
  driver.get_eoa = allocated_end;
  driver.set_eoa = set_allocated_end;
  driver.get_eof = written_end;
  driver.read = read_back;
  driver.write = write_or_drop;
  driver.truncate = resize;
  std::ranges::copy(free_lists, driver.fl_map);
  static hid_t const id = H5FDregister(&driver);
  return id;
}

}  // namespace

void align_objects(Handle const& access, std::int64_t alignment_bytes, std::string_view problem) {
  // smaller ones would leave most of the file unused
  auto const alignment = static_cast<hsize_t>(alignment_bytes);
  check_written(H5Pset_alignment(access.id(), alignment, alignment), problem);
}

Handle create_guarded_file(WriteGuard& guard, std::string_view problem, hid_t creation, std::int64_t alignment_bytes) {
  WriteGuard* const address = &guard;
  Handle const properties = require_created(H5Pcreate(H5P_FILE_ACCESS), problem);
  align_objects(properties, alignment_bytes, problem);
  check_written(H5Pset_driver(properties.id(), registered_driver(), &address), problem);
  return require_created(H5Fcreate("guarded", H5F_ACC_TRUNC, creation, properties.id()), problem);
}

}  // namespace lauebench::hdf5
