#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/error.hpp"
#include "reconstruct/phase_intervals.hpp"

namespace lauebench {

/// Seconds of one reconstruction. The first group is what the pipeline thread did and adds up to the elapsed time;
/// `other_s` is the elapsed time minus their sum. The second group are busy times of work that may overlap with the
/// first.
struct PhaseTimes {
  double open_s = 0.0;       ///< scan and geometry opened, template built
  double wait_read_s = 0.0;  ///< waiting for frames, giving their memory back to be filled
  /// cutoff selected, kernel made ready; kernel, conversion and copies to and from the device; compression
  double compute_s = 0.0;
  double wait_write_s = 0.0;  ///< waiting for depth images to be written, handing over what is to be
  double fsync_s = 0.0;
  double close_s = 0.0;  ///< renaming, summary, closing, giving memory back
  double other_s = 0.0;

  double read_s = 0.0;
  /// After read_s, apart from it; empty where HDF5 reads and decompresses in one and read_s holds both.
  std::optional<double> decompress_s = 0.0;
  double kernel_s = 0.0;    ///< conversion to the output type included: it is done tile by tile, never alone
  double compress_s = 0.0;  ///< of depth images, on the reconstruction's threads after the kernel
  double write_s = 0.0;
  double copy_to_device_s = 0.0;
  double copy_to_host_s = 0.0;
};

struct IoCounts {
  std::uint64_t bytes_read = 0;     ///< of frames, as asked for
  std::uint64_t bytes_written = 0;  ///< of depth files
  std::uint64_t files_written = 0;
};

struct MemoryUse {
  std::uint64_t limit_bytes = 0;         ///< in effect for this reconstruction
  std::uint64_t stripe_bytes = 0;        ///< frames and images of one stripe
  std::uint64_t workspace_bytes = 0;     ///< allocated by the kernel on the host
  std::uint64_t page_locked_bytes = 0;   ///< of the stripes' memory; less than all where a GPU's driver refused
  std::uint64_t device_limit_bytes = 0;  ///< of a device's memory in effect; 0 where host memory is used in place
  std::uint64_t device_bytes = 0;        ///< of a device's memory taken at most
  std::uint64_t peak_rss_bytes = 0;      ///< of this run where peak_is_of_run, else of the process so far
  bool peak_is_of_run = false;
};

/// What one rank did in one run. Made by `reconstruct`; start, end and intervals are seconds on the rank's monotonic
/// clock and become seconds after the agreed start, on the launch's timeline, in the records.
struct RankOutcome {
  ReturnCode code = ReturnCode::ok;
  std::string error;  ///< empty when code is ok
  double start_s = 0.0;
  double end_s = 0.0;
  double elapsed_s = 0.0;  ///< by the rank's own clock, whatever becomes of start and end
  PhaseTimes phases;
  std::optional<PhaseIntervals> intervals;  ///< only where the task asks for them
  IoCounts io;
  MemoryUse memory;
  int stripes = 0;
  int rows_per_stripe = 0;
  int threads_asked = 0;
  int threads_counted = 0;  ///< that really ran inside the kernel; 0 on a GPU
  double cutoff = 0.0;
  int images = 0;
  int rows = 0;
  int columns = 0;
  int depths = 0;
  std::string backend;  ///< "openmp", "cuda"
  std::string architecture;
  std::string output_type;
  std::string read_path;           ///< how frames were read: "pread", "chunks", "hdf5"
  std::string write_path;          ///< how depth images were written: "pwrite", "mpi-io", "chunks", "hdf5"
  std::vector<MpiHint> mpi_hints;  ///< that MPI-IO went by, with a shared file
  bool images_are_empty = false;   ///< no pixel of any depth image has an intensity

  /// Pixels times wire steps, the unit of the kernel's work.
  [[nodiscard]] double pixel_steps() const;
  [[nodiscard]] double depth_voxels() const;
};

}  // namespace lauebench
