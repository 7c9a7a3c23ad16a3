#include "io/shared_input.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <mpi.h>
#include <xxhash.h>

#include "cluster/mpi_info.hpp"
#include "cluster/shared_file.hpp"
#include "cluster/watchdog.hpp"
#include "config/parse_number.hpp"
#include "io/hdf5_handle.hpp"
#include "io/scan_stack.hpp"

namespace lauebench {
namespace {

std::string problem_of(std::filesystem::path const& scan) {
  return fmt::format("cannot read scan '{}' through MPI-IO", scan.string());
}

hdf5::Handle require_opened(hid_t id, std::string const& problem) {
  hdf5::Handle opened(id);
  hdf5::check_read(opened.valid() ? 0 : -1, problem);
  return opened;
}

}  // namespace

/// Open in HDF5.
struct SharedInput::Frames {
  hdf5::Handle file;
  hdf5::Handle stack;
  hdf5::Handle transfer;
};

SharedInput::SharedInput(std::unique_ptr<Communicator> ranks, InputAccess access, std::vector<MpiHint> hints)
    : ranks_(std::move(ranks)), access_(access), asked_hints_(std::move(hints)), steps_(*ranks_) {}

SharedInput::~SharedInput() {
  give_up({ReturnCode::reconstruction_error, "a rank ended before it had read its scan", "nobody knows why",
           "report this"});
  // what is still open would wait for the other ranks
  static_cast<void>(frames_.release());
}

void SharedInput::open(std::filesystem::path const& scan) {
  if (has_mpi()) {
    require_thread_beside_main(problem_of(scan), "--input-access posix");
  }
  scan_ = scan;
  {
    Watchdog watchdog(*ranks_, ranks_->wait_limit());  // a rank that can have none gives up before the others open
    steps_.meet();
    watchdog.watch();
    try {
      open_frames(scan);
    } catch (Error const&) {
      steps_.doubt_others();
      throw;
    }
  }
  steps_.meet();
  all_have_opened_ = true;
  if (!is_together()) {
    steps_.finish();
  }
}

void SharedInput::open_frames(std::filesystem::path const& scan) {
  std::string const problem = problem_of(scan);
  hdf5::Scope const scope;
  frames_ = std::make_unique<Frames>();
  auto& [file, stack, transfer] = *frames_;
  if (!has_mpi()) {
    file = hdf5::open_for_reading(scan);
  } else {
    MpiInfo const hints(asked_hints_);
    hdf5::Handle const access = require_opened(H5Pcreate(H5P_FILE_ACCESS), problem);
    hdf5::check_read(H5Pset_fapl_mpio(access.id(), *static_cast<MPI_Comm const*>(ranks_->native()), hints.get()),
                     problem);
    file = require_opened(H5Fopen(scan.c_str(), H5F_ACC_RDONLY, access.id()), problem);
    void* opened = nullptr;
    hdf5::check_read(H5Fget_vfd_handle(file.id(), H5P_DEFAULT, &opened), problem);
    hints_ = hints_of(*static_cast<MPI_File*>(opened));
  }
  stack = open_stack(file, scan);
  transfer = require_opened(H5Pcreate(H5P_DATASET_XFER), problem);
  if (has_mpi()) {
    hdf5::check_read(H5Pset_dxpl_mpio(transfer.id(), is_together() ? H5FD_MPIO_COLLECTIVE : H5FD_MPIO_INDEPENDENT),
                     problem);
  }
}

int SharedInput::agree_on_stripe_rows(int rows_per_stripe) {
  if (!is_together()) {
    return rows_per_stripe;
  }
  int least = rows_per_stripe;
  for (std::string const& told : steps_.meet(std::to_string(rows_per_stripe))) {
    least = std::min(least, parse_number<int>(told).value);
  }
  return least;
}

bool SharedInput::read(FrameBox const& box, ScanInfo const& info, std::span<std::byte> destination,
                       std::string_view problem) {
  Watchdog watchdog(*ranks_, is_together() ? ranks_->wait_limit() : std::nullopt);
  if (is_together()) {
    steps_.meet();
  }
  watchdog.watch();
  try {
    read_frames(frames_->stack, box, info, destination, problem, frames_->transfer.id());
  } catch (Error const&) {
    steps_.doubt_others();
    throw;
  }
  H5D_mpio_actual_io_mode_t mode = H5D_MPIO_NO_COLLECTIVE;
  hdf5::Scope const scope;
  H5Pget_mpio_actual_io_mode(frames_->transfer.id(), &mode);
  constexpr unsigned together = unsigned{H5D_MPIO_CHUNK_COLLECTIVE} | unsigned{H5D_MPIO_CONTIGUOUS_COLLECTIVE};
  return (unsigned{mode} & together) != 0;
}

void SharedInput::remember(FrameBox const& box, std::span<std::byte const> frames) {
  seen_.push_back({box, XXH3_64bits(frames.data(), frames.size())});
}

void SharedInput::require_as_stored(int threads, Cancellation const& cancellation) const {
  ReadOptions options;
  options.threads = threads;
  options.cancellation = cancellation;
  ScanReader scan(scan_, options);
  std::vector<std::byte> frames;
  for (auto const& [box, checksum] : seen_) {
    frames.resize(static_cast<std::size_t>(scan.info().row_bytes()) * static_cast<std::size_t>(box.rows) *
                  static_cast<std::size_t>(box.frames));
    if (box.frames == scan.info().images()) {
      scan.read_rows(box.first_row, box.rows, frames);
    } else {
      scan.read_first_image(frames);
    }
    if (XXH3_64bits(frames.data(), frames.size()) != checksum) {
      throw Error(
          ReturnCode::io_error, problem_of(scan_),
          fmt::format("rows {} to {} were not what the file holds", box.first_row, box.first_row + box.rows - 1),
          "look at the filesystem's log, or try another MPI-IO component (--mca io) or --input-access posix");
    }
  }
}

void SharedInput::end_reading() {
  if (is_together()) {
    steps_.meet();
  }
  steps_.finish();
}

void SharedInput::close() {
  if (!all_have_opened_ || has_lost_ranks()) {
    return;
  }
  Watchdog watchdog(*ranks_, ranks_->wait_limit());
  watchdog.watch();
  frames_.reset();
}

}  // namespace lauebench
