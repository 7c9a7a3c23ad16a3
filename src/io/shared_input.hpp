#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "cluster/communicator.hpp"
#include "cluster/joint_steps.hpp"
#include "config/cancellation.hpp"
#include "config/config.hpp"
#include "config/error.hpp"
#include "io/scan_reader.hpp"

namespace lauebench {

/// A scan that ranks read through MPI-IO, by HDF5: each by itself, or together (InputAccess). Calls are collective, in
/// the order below, but for those that say otherwise; together, so are agree_on_stripe_rows and read, and before each
/// the ranks agree that all are well. What goes wrong on one of them then is thrown there, and by all others' next
/// call; by itself, a rank fails alone.
class SharedInput {
 public:
  /// `ranks`: those that read the same scan. Their limit of waits holds for calls that cannot be left, too: where one
  /// takes longer, the launch is ended.
  SharedInput(std::unique_ptr<Communicator> ranks, InputAccess access, std::vector<MpiHint> hints);
  /// Lets go of a file that was not closed.
  ~SharedInput();
  SharedInput(SharedInput const&) = delete;
  SharedInput& operator=(SharedInput const&) = delete;

  /// Opens the frames of `scan`, in which they were found before. Throws Error: io_error; bad_input where MPI lets no
  /// thread but the main one talk to other ranks.
  void open(std::filesystem::path const& scan);

  /// The smallest height of stripes that a rank can do with; by itself, its own.
  [[nodiscard]] int agree_on_stripe_rows(int rows_per_stripe);

  /// Fills `destination`, [frames][rows][columns]. Returns whether HDF5 read collectively: where it has to convert
  /// values it reads for each rank alone. Throws Error (io_error), beginning with `problem`.
  bool read(FrameBox const& box, ScanInfo const& info, std::span<std::byte> destination, std::string_view problem);

  /// Keeps a checksum of what rows were read, for require_as_stored(). Not collective.
  void remember(FrameBox const& box, std::span<std::byte const> frames);

  /// After the last read: that of all others has succeeded, too. From now on this rank's failure is its own.
  void end_reading();

  /// This rank cannot go on: the others learn it in the place of its next call. Does nothing after end_reading().
  void give_up(Error const& why) noexcept { steps_.give_up(why); }

  /// Reads once more, past MPI, what was read, on up to so many threads: MPI-IO may hide that the filesystem failed
  /// (Open MPI 4.1's OMPIO does in collective reads). Not collective. Throws Error: io_error where it was something
  /// else, as ScanReader, and that of `cancellation`.
  void require_as_stored(int threads, Cancellation const& cancellation) const;

  /// Closes what all have opened, after success and failure alike.
  void close();

  /// Whether ranks waited in vain for others, so that the launch has to end. Not collective.
  [[nodiscard]] bool has_lost_ranks() const { return steps_.has_lost_ranks(); }

  /// Those that MPI-IO goes by; empty without MPI, or when nothing was opened. Not collective.
  [[nodiscard]] std::vector<MpiHint> const& hints() const { return hints_; }

 private:
  [[nodiscard]] bool is_together() const { return access_ == InputAccess::collective; }
  [[nodiscard]] bool has_mpi() const { return ranks_->native() != nullptr; }
  void open_frames(std::filesystem::path const& scan);

  std::unique_ptr<Communicator> ranks_;
  InputAccess access_;
  std::vector<MpiHint> asked_hints_;
  JointSteps steps_;
  /// Rows that were read, and the XXH3-64 of them.
  struct SeenRows {
    FrameBox box;
    std::uint64_t checksum = 0;
  };
  struct Frames;
  std::unique_ptr<Frames> frames_;
  bool all_have_opened_ = false;
  std::filesystem::path scan_;
  std::vector<SeenRows> seen_;
  std::vector<MpiHint> hints_;
};

}  // namespace lauebench
