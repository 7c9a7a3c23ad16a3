#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <hdf5.h>

/// A thin layer over HDF5's C library, for this room only: owned identifiers, one lock, and HDF5's own words as the
/// reason of an Error.
namespace lauebench::hdf5 {

/// While one lives, this thread alone calls HDF5 (the library is not thread-safe) and HDF5 prints nothing. May be
/// nested.
class Scope {
 public:
  Scope();
  ~Scope();
  Scope(Scope const&) = delete;
  Scope& operator=(Scope const&) = delete;

 private:
  std::unique_lock<std::recursive_mutex> lock_;
  H5E_auto2_t print_ = nullptr;
  void* print_argument_ = nullptr;
};

/// Owns one reference to an HDF5 identifier of any kind (file, group, dataset, type, dataspace, attribute, property
/// list).
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept;
  Handle(Handle const&) = delete;
  Handle& operator=(Handle const&) = delete;

  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }
  void reset() noexcept;

 private:
  hid_t id_ = H5I_INVALID_HID;
};

/// What to do about a file that HDF5 opens and cannot read to its end.
inline constexpr std::string_view check_or_copy_again = "check the file with h5dump or copy it again from its source";

/// What HDF5 last failed of, in its own words (the innermost message), on one line.
[[nodiscard]] std::string reason();

/// Text from a file or from HDF5 made fit for one line of an error message: control characters become blanks.
[[nodiscard]] std::string one_line(std::string_view text);

/// Owns `id`, or throws Error (bad_input) with `problem`, HDF5's reason and `what_to_do`.
[[nodiscard]] Handle require(hid_t id, std::string_view problem, std::string_view what_to_do);

/// Throws as `require` when `status` says that a call failed.
void check(herr_t status, std::string_view problem, std::string_view what_to_do);

/// Throws Error (io_error) with `problem` and HDF5's reason when `status` says that reading failed.
void check_read(herr_t status, std::string_view problem);

/// Opens for reading with the plain POSIX driver and without file locking, which some Lustre and NFS servers refuse.
/// Throws Error: bad_input when there is no such file, when it is no HDF5 file or when it is truncated; io_error when
/// the system refuses.
[[nodiscard]] Handle open_for_reading(std::filesystem::path const& file);

/// Opens an existing file for writing, in the same way. Throws Error (io_error), beginning with `problem`.
[[nodiscard]] Handle open_for_writing(std::filesystem::path const& file, std::string_view problem);

/// Access properties of a class that derives from H5P_LINK_ACCESS (so do those of datasets): files behind external
/// links are opened as `open_for_reading` opens. Without it HDF5 1.10 fails to follow an external link back to a file
/// that is open without locks. Not for an H5Dopen2 that may fail: after it HDF5 1.10.8 crashes when it closes.
[[nodiscard]] Handle link_access(hid_t property_class = H5P_LINK_ACCESS);

/// The dataset called `path`, with HDF5's own cache of chunks; links of every kind are followed. Throws Error
/// (bad_input) as `require` does when it cannot be opened or is something else.
[[nodiscard]] Handle open_dataset(hid_t location, std::string const& path, std::string_view problem,
                                  std::string_view what_to_do);

/// Likewise the group.
[[nodiscard]] Handle open_group(hid_t location, std::string const& path, std::string_view problem,
                                std::string_view what_to_do);

/// What H5Oget_info_by_name2 and H5Ovisit_by_name2 tell, in every version from 1.10.3 on.
#if H5_VERSION_GE(1, 12, 0)
using ObjectInfo = H5O_info1_t;
#else
using ObjectInfo = H5O_info_t;
#endif

/// Where an object lies: two links lead to the same object when these are equal. HDF5 numbers a file anew
/// whenever it opens it, so addresses are to be compared while something in both files is held open.
struct ObjectAddress {
  unsigned long file_number = 0;
  haddr_t address = HADDR_UNDEF;
  H5O_type_t type = H5O_TYPE_UNKNOWN;

  friend bool operator==(ObjectAddress const& a, ObjectAddress const& b) {
    return a.file_number == b.file_number && a.address == b.address;
  }
  friend bool operator<(ObjectAddress const& a, ObjectAddress const& b) {
    return std::pair(a.file_number, a.address) < std::pair(b.file_number, b.address);
  }
};

/// Follows links of every kind; empty when `path` leads nowhere.
[[nodiscard]] std::optional<ObjectAddress> object_address(hid_t location, std::string const& path);

/// Whether there is a link called `path` (absolute, components separated by '/'); where it leads does not matter.
[[nodiscard]] bool link_exists(hid_t file, std::string const& path);

/// Dimensions of a dataset or attribute space; empty for a scalar. Throws Error (bad_input) when HDF5 cannot tell.
[[nodiscard]] std::vector<hsize_t> dimensions(Handle const& space);

}  // namespace lauebench::hdf5
