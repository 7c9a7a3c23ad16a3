#include "io/hdf5_handle.hpp"

#include <cerrno>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/stat.h>

#include "config/error.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench::hdf5 {

namespace {

std::recursive_mutex& library_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

herr_t take_innermost(unsigned /*depth*/, H5E_error2_t const* error, void* text) {
  auto& description = *static_cast<std::string*>(text);
  if (description.empty() && error->desc != nullptr) {
    description = error->desc;
  }
  return 0;
}

/// A failed system call is told with time, addresses and sizes: "file read failed: time = Sat ..., error message =
/// 'Input/output error', buf = 0x...". What it did and why is enough.
std::string without_call(std::string const& text) {
  auto const details = text.find(": time = ");
  if (details == std::string::npos) {
    return text;
  }
  constexpr std::string_view opening = "error message = '";
  auto const begin = text.find(opening, details);
  auto const end = begin == std::string::npos ? begin : text.find('\'', begin + opening.size());
  return text.substr(0, details) +
         (end == std::string::npos ? "" : ": " + text.substr(begin + opening.size(), end - begin - opening.size()));
}

Handle access_properties() {
  Handle properties(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fapl_sec2(properties.id());
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(properties.id(), false, true);
#endif
  return properties;
}

Handle open_object(hid_t location, std::string const& path, H5I_type_t kind, std::string_view problem,
                   std::string_view what_to_do) {
  Scope const scope;
  Handle const access = link_access();
  Handle object = require(H5Oopen(location, path.c_str(), access.id()), problem, what_to_do);
  if (H5Iget_type(object.id()) != kind) {
    throw bad_input(problem, kind == H5I_DATASET ? "it is not a dataset" : "it is not a group", what_to_do);
  }
  return object;
}

}  // namespace

Scope::Scope() : lock_(library_mutex()) {
#if !H5_VERSION_GE(1, 10, 7)
  // The only switch that these versions have; it is read when the driver is first used.
  static int const locking_off = setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
  static_cast<void>(locking_off);
#endif
  H5Eget_auto2(H5E_DEFAULT, &print_, &print_argument_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Scope::~Scope() { H5Eset_auto2(H5E_DEFAULT, print_, print_argument_); }

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    reset();
    id_ = std::exchange(other.id_, H5I_INVALID_HID);
  }
  return *this;
}

void Handle::reset() noexcept {
  if (id_ >= 0) {
    Scope const scope;
    H5Idec_ref(std::exchange(id_, H5I_INVALID_HID));
  }
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      c = ' ';
    }
  }
  return line;
}

std::string reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, &text);
  text = without_call(text);
  return text.empty() ? "HDF5 gives no reason" : "HDF5: " + one_line(text);
}

Handle require(hid_t id, std::string_view problem, std::string_view what_to_do) {
  if (id < 0) {
    throw bad_input(problem, reason(), what_to_do);
  }
  return Handle(id);
}

void check(herr_t status, std::string_view problem, std::string_view what_to_do) {
  if (status < 0) {
    throw bad_input(problem, reason(), what_to_do);
  }
}

void check_read(herr_t status, std::string_view problem) {
  if (status < 0) {
    throw Error(ReturnCode::io_error, problem, reason(), check_or_copy_again);
  }
}

Handle open_for_reading(std::filesystem::path const& file) {
  Scope const scope;
  auto const problem = fmt::format("cannot read scan '{}'", file.string());
  // Says in plain words what HDF5 says in its own: no such file, a folder, no permission.
  open_regular_file_for_reading(file, problem);
  Handle const properties = access_properties();
  Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, properties.id()));
  if (opened.valid()) {
    return opened;
  }
  auto const why = reason();
  if (why.find("truncated file") != std::string::npos) {
    throw bad_input(problem, "the file is truncated, its end is missing; " + why, "copy it again from its source");
  }
  if (H5Fis_hdf5(file.c_str()) == 0) {
    throw bad_input(problem, "it is not an HDF5 file", "give the HDF5 file of a wire scan");
  }
  throw bad_input(problem, why, check_or_copy_again);
}

Handle open_for_writing(std::filesystem::path const& file, std::string_view problem) {
  Scope const scope;
  Handle const properties = access_properties();
  Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDWR, properties.id()));
  if (!opened.valid()) {
    throw Error(ReturnCode::io_error, problem, reason(), "check the filesystem that holds it");
  }
  return opened;
}

Handle link_access(hid_t property_class) {
  Scope const scope;
  Handle properties(H5Pcreate(property_class));
  Handle const files = access_properties();
  H5Pset_elink_fapl(properties.id(), files.id());
  return properties;
}

Handle open_dataset(hid_t location, std::string const& path, std::string_view problem, std::string_view what_to_do) {
  return open_object(location, path, H5I_DATASET, problem, what_to_do);
}

Handle open_group(hid_t location, std::string const& path, std::string_view problem, std::string_view what_to_do) {
  return open_object(location, path, H5I_GROUP, problem, what_to_do);
}

std::optional<ObjectAddress> object_address(hid_t location, std::string const& path) {
  Scope const scope;
  ObjectInfo info{};
  Handle const access = link_access();
  if (H5Oget_info_by_name2(location, path.c_str(), &info, H5O_INFO_BASIC, access.id()) < 0) {
    return std::nullopt;
  }
  return ObjectAddress{info.fileno, info.addr, info.type};
}

bool link_exists(hid_t file, std::string const& path) {
  Scope const scope;
  Handle const access = link_access();
  // H5Lexists fails when a group on the way is missing, so each is asked for in turn.
  for (auto end = path.find('/', 1);; end = path.find('/', end + 1)) {
    if (H5Lexists(file, path.substr(0, end).c_str(), access.id()) <= 0) {
      return false;
    }
    if (end == std::string::npos) {
      return true;
    }
  }
}

std::vector<hsize_t> dimensions(Handle const& space) {
  Scope const scope;
  int const rank = H5Sget_simple_extent_ndims(space.id());
  check(rank, "cannot read a dataset's shape", "check the file with h5dump");
  std::vector<hsize_t> sizes(static_cast<std::size_t>(rank));
  if (rank > 0) {
    check(H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr), "cannot read a dataset's shape",
          "check the file with h5dump");
  }
  return sizes;
}

}  // namespace lauebench::hdf5
