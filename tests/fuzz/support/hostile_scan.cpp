#include "support/hostile_scan.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>
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

void put_frames(Handle const& file, std::string const& path_of_file, Choices& choices) {
  put_dataset(file, path_of_file,
              {"/entry1/data", "data", {frames, rows, columns}, counted(frames * rows * columns), H5T_STD_U16LE},
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

bool write_scan(std::filesystem::path const& path, Choices& choices) {
  hdf5::Scope const scope;
  std::string const name = path.string();
  Handle file = create_file(path, choices);
  if (!file.valid()) {
    return false;
  }
  put_groups(file, name, choices);
  put_frames(file, name, choices);
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
  for (int const number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM}) {
    std::signal(number, SIG_DFL);
  }
  int const nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDERR_FILENO);
}

bool move_all(std::span<char> bytes, auto const& move) {
  while (!bytes.empty()) {
    ssize_t const moved = move(bytes.data(), bytes.size());
    if (moved <= 0) {
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(moved));
  }
  return true;
}

bool send(int to, std::string text) {
  return move_all(text, [to](char* from, std::size_t count) { return ::write(to, from, count); });
}

bool receive(int from, std::span<char> bytes) {
  return move_all(bytes, [from](char* to, std::size_t count) { return ::read(from, to, count); });
}

/// A text with its length before it.
std::string framed(std::string const& text) {
  auto const length = static_cast<std::uint32_t>(text.size());
  std::string framed(sizeof length, '\0');
  std::memcpy(framed.data(), &length, sizeof length);
  return framed + text;
}

std::optional<std::string> receive_framed(int from) {
  std::uint32_t length = 0;
  if (!receive(from, {reinterpret_cast<char*>(&length), sizeof length})) {
    return std::nullopt;
  }
  std::string text(length, '\0');
  return receive(from, text) ? std::optional(std::move(text)) : std::nullopt;
}

/// Forking a sanitised process takes longer than writing a file: one child writes many, until it dies or has leaked
/// much of what hostile files make HDF5 leak.
class Writer {
 public:
  Writer() = default;
  Writer(Writer const&) = delete;
  Writer& operator=(Writer const&) = delete;
  ~Writer() { end(); }

  bool write(std::string const& path, std::string const& input) {
    if (left_ == 0) {
      end();
      start();
    }
    --left_;
    char is_whole = 0;
    if (!send(to_, framed(path) + framed(input)) || !receive(from_, {&is_whole, 1})) {
      end();
    }
    return is_whole == 1;
  }

 private:
  static constexpr int files_of_one_child = 500;

  void start() {
    std::signal(SIGPIPE, SIG_IGN);  // a child that has died is an answer
    std::array<int, 2> requests{-1, -1};
    std::array<int, 2> answers{-1, -1};
    bool const are_made = ::pipe2(requests.data(), O_CLOEXEC) == 0 && ::pipe2(answers.data(), O_CLOEXEC) == 0;
    child_ = are_made ? ::fork() : -1;
    if (child_ < 0) {
      std::abort();
    }
    if (child_ == 0) {
      ::close(requests[1]);
      ::close(answers[0]);
      end_quietly_by_signals();
      serve(requests[0], answers[1]);
    }
    ::close(requests[0]);
    ::close(answers[1]);
    to_ = requests[1];
    from_ = answers[0];
    left_ = files_of_one_child;
  }

  /// In the child, until nobody asks any more.
  [[noreturn]] static void serve(int requests, int answers) {
    constexpr unsigned longest_s = 5;
    while (auto const path = receive_framed(requests)) {
      auto const input = receive_framed(requests);
      if (!input) {
        break;
      }
      ::alarm(longest_s);
      Choices choices({reinterpret_cast<std::uint8_t const*>(input->data()), input->size()});
      bool const is_whole = write_scan(*path, choices);
      ::alarm(0);
      if (!is_whole || !send(answers, "\1")) {
        break;  // what is left open would get into the next file's way
      }
    }
    ::_exit(EXIT_SUCCESS);
  }

  void end() {
    if (child_ > 0) {
      ::close(to_);
      ::close(from_);
      ::waitpid(child_, nullptr, 0);
    }
    child_ = 0;
    left_ = 0;
  }

  pid_t child_ = 0;
  int to_ = -1;
  int from_ = -1;
  int left_ = 0;
};

}  // namespace

bool write_hostile_scan(std::filesystem::path const& path, Choices choices) {
  static Writer writer;
  auto const rest = choices.rest();
  return writer.write(path.string(), {rest.begin(), rest.end()});
}

}  // namespace lauebench::fuzz
