#include "support/hostile_scan.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <numeric>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/hostile_items.hpp"
#include "support/hostile_types.hpp"

namespace lauebench::fuzz {
namespace {

using hdf5::Handle;

constexpr hsize_t frames = 6;
constexpr hsize_t rows = 4;
constexpr hsize_t columns = 5;

Handle create_file(std::filesystem::path const& path, Choices& choices) {
  constexpr std::array<hsize_t, 3> user_blocks{0, 512, 4096};
  constexpr std::array versions{H5F_LIBVER_EARLIEST, H5F_LIBVER_V18, H5F_LIBVER_LATEST};
  Handle const creation(H5Pcreate(H5P_FILE_CREATE));
  H5Pset_userblock(creation.id(), choices.of(user_blocks));
  if (choices.unusual()) {
    H5Pset_sizes(creation.id(), 4, 4);
  }
  if (choices.unusual()) {
    H5Pset_link_creation_order(creation.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  }
  Handle const access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_libver_bounds(access.id(), choices.of(versions), H5F_LIBVER_LATEST);
  H5Pset_sieve_buf_size(access.id(), 512);  // for each dataset: much time for nothing with tens of them
  return Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.id(), access.id()));
}

Handle make_group(Handle const& file, char const* path) {
  return Handle(H5Gcreate2(file.id(), path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

/// A group, a link of some kind to one, or nothing. What lies in it is put there by its path, so links lead to it.
void put_group(Handle const& file, std::string const& path_of_file, char const* path, char const* moved,
               Choices& choices) {
  switch (choices.below(6)) {
    case 1:
      make_group(file, moved);
      H5Lcreate_soft(moved, file.id(), path, H5P_DEFAULT, H5P_DEFAULT);
      break;
    case 2:
      make_group(file, moved);
      H5Lcreate_external(path_of_file.c_str(), moved, file.id(), path, H5P_DEFAULT, H5P_DEFAULT);
      break;
    case 3:
      H5Lcreate_hard(file.id(), elsewhere, file.id(), path, H5P_DEFAULT, H5P_DEFAULT);
      break;
    case 4:
      H5Lcreate_hard(file.id(), "/", file.id(), path, H5P_DEFAULT, H5P_DEFAULT);
      break;
    case 5:
      break;
    default:
      make_group(file, path);
      break;
  }
}

std::vector<double> counted(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

void put_frames(Handle const& file, std::string const& path_of_file, ChunkContent chunks, Choices& choices) {
  put_dataset(
      file, path_of_file,
      {"/entry1/data", "data", {frames, rows, columns}, counted(frames * rows * columns), H5T_STD_U16LE, {}, chunks},
      choices);
}

void put_wire(Handle const& file, std::string const& path_of_file, Choices& choices) {
  for (char const* const name : {"wireX", "wireY", "wireZ"}) {
    put_dataset(
        file, path_of_file,
        {choices.unusual() ? "/entry1" : "/entry1/wire", name, {frames + 2}, counted(frames + 2), H5T_IEEE_F64LE},
        choices);
  }
  if (choices.unusual()) {
    for (char const* const name : {"wirebaseX", "wirebaseY", "wirebaseZ"}) {
      put_dataset(file, path_of_file, {"/entry1/wire", name, {}, {17.0}, H5T_IEEE_F64LE}, choices);
    }
  }
}

void put_region(Handle const& file, std::string const& path_of_file, Choices& choices) {
  constexpr std::array<std::pair<char const*, double>, 8> entries{{{"startx", 0},
                                                                   {"endx", columns - 1},
                                                                   {"binx", 1},
                                                                   {"starty", 0},
                                                                   {"endy", rows - 1},
                                                                   {"biny", 1},
                                                                   {"Nx", 2048},
                                                                   {"Ny", 2048}}};
  for (auto const& [name, value] : entries) {
    put_dataset(file, path_of_file, {"/entry1/detector", name, {}, {value}, H5T_STD_I32LE}, choices);
  }
}

void put_ordinary_attribute(Handle const& group, char const* name) {
  Handle const space(H5Screate(H5S_SCALAR));
  Handle const attribute(H5Acreate2(group.id(), name, H5T_IEEE_F64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT));
  double const value = 1.0;
  H5Awrite(attribute.id(), H5T_NATIVE_DOUBLE, &value);
}

void put_truth(Handle const& file, std::string const& path_of_file, Choices& choices) {
  constexpr char const* group = "/entry1/simulation";
  Handle const simulation = make_group(file, group);
  for (char const* const name : {"row", "column", "sigma_px", "amplitude_counts", "depth_start_um", "depth_end_um"}) {
    put_dataset(file, path_of_file, {group, name, {2}, {1.0, 2.0}, H5T_IEEE_F64LE}, choices);
  }
  put_dataset(file, path_of_file, {group, "geometry", {}, {}, H5I_INVALID_HID, "<geoN/>"}, choices);
  for (char const* const name : {"background_counts", "depth_start_um", "depth_end_um", "wire_step_um", "poisson_noise",
                                 "seed", "generator_version", "saturated_values"}) {
    if (choices.unusual()) {
      put_attribute(simulation, name, choices);
    } else {
      put_ordinary_attribute(simulation, name);
    }
  }
}

/// What depth files carry with them.
void put_metadata(Handle const& file, std::string const& path_of_file, Choices& choices) {
  put_dataset(file, path_of_file, {"/entry1", "title", {}, {}, H5I_INVALID_HID, "a scan"}, choices);
  Handle const root(H5Gopen2(file.id(), "/", H5P_DEFAULT));
  put_attribute(root, "file_time", choices);
  put_attribute(root, "comment", choices);
  Handle const entry(H5Gopen2(file.id(), "/entry1", H5P_DEFAULT));
  if (entry.valid()) {
    put_attribute(entry, "NX_class", choices);
    if (choices.unusual()) {
      H5Lcreate_hard(file.id(), "/", entry.id(), "loop", H5P_DEFAULT, H5P_DEFAULT);
    }
  }
}

void put_groups(Handle const& file, std::string const& path_of_file, Choices& choices) {
  make_group(file, elsewhere);
  put_group(file, path_of_file, "/entry1", "/moved_entry", choices);
  put_group(file, path_of_file, "/entry1/data", "/moved_data", choices);
  put_group(file, path_of_file, "/entry1/wire", "/moved_wire", choices);
  put_group(file, path_of_file, "/entry1/detector", "/moved_detector", choices);
}

bool write_scan(std::filesystem::path const& path, ChunkContent chunks, Choices& choices) {
  hdf5::Scope const scope;
  std::string const name = path.string();
  Handle file = create_file(path, choices);
  if (!file.valid()) {
    return false;
  }
  put_groups(file, name, choices);
  put_frames(file, name, chunks, choices);
  put_wire(file, name, choices);
  put_region(file, name, choices);
  put_metadata(file, name, choices);
  put_truth(file, name, choices);
  bool const is_whole = H5Fflush(file.id(), H5F_SCOPE_GLOBAL) >= 0;
  file.reset();
  return is_whole && H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL) == 0;
}

/// libFuzzer and the sanitizers would take what a signal ends for a finding.
void end_quietly_by_signals() {
  constexpr unsigned longest_s = 5;
  for (int const number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM}) {
    std::signal(number, SIG_DFL);
  }
  ::alarm(longest_s);
  int const nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDERR_FILENO);
}

}  // namespace

bool write_hostile_scan(std::filesystem::path const& path, ChunkContent chunks, Choices choices) {
  pid_t const child = ::fork();
  if (child == 0) {
    end_quietly_by_signals();
    ::_exit(write_scan(path, chunks, choices) ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int status = EXIT_FAILURE;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == EXIT_SUCCESS;
}

}  // namespace lauebench::fuzz
