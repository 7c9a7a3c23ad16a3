#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cluster/communicator.hpp"
#include "cluster/joint_steps.hpp"
#include "config/config.hpp"
#include "config/error.hpp"
#include "io/depth_image.hpp"
#include "io/depth_stack_part.hpp"
#include "io/shared_images.hpp"

namespace lauebench {

struct SharedStackTemplate;

/// The file `<base>.h5` that the ranks of a run write together, [rank][depth][row][column], called `<base>.h5.part`
/// until publish(). The first of them lays it out and reserves its room before the others open it, and gives it its
/// name when all have written all. Calls are collective, in the order below, but for those that say otherwise; before
/// each the ranks agree that all are well. What goes wrong on one of them is thrown there, and by all others' next
/// call; from then on nothing is written.
class SharedOutput {
 public:
  /// `ranks`: those that write, in the order of the file. Their limit of waits holds for calls that cannot be left,
  /// too: where one takes longer, the launch is ended.
  SharedOutput(std::unique_ptr<Communicator> ranks, std::filesystem::path base, SharedFileOptions options);
  /// Gives up what was not published.
  ~SharedOutput();
  SharedOutput(SharedOutput const&) = delete;
  SharedOutput& operator=(SharedOutput const&) = delete;

  [[nodiscard]] int rank() const { return ranks_->rank(); }
  [[nodiscard]] int ranks() const { return ranks_->size(); }
  [[nodiscard]] std::filesystem::path const& base() const { return base_; }
  [[nodiscard]] SharedFileOptions const& options() const { return options_; }

  /// The smallest height of stripes that a rank can do with. Throws Error (bad_input), on every rank, unless all have
  /// images of the same shape and type.
  [[nodiscard]] int agree_on_stripe_rows(DepthImageShape const& shape, int rows_per_stripe);

  /// Lays the file out in chunks of `chunk_rows` rows, if in chunks, and opens it. Throws Error: io_error, and
  /// bad_input as DepthStackPart.
  void create(SharedStackTemplate const& file_template, int chunk_rows, IoPath io_path);

  /// Rows of all of this rank's images, [depths][rows][columns]. Not collective with Toggle::off. Returns the bytes
  /// that are known to be in the file now: 0 where HDF5 compresses them. Throws Error (io_error).
  [[nodiscard]] std::uint64_t write_rows(int first_row, int rows, std::span<std::byte const> images);

  /// fsync. Throws Error (io_error).
  void sync();

  /// Returns this rank's share of the bytes that write_rows did not tell. Throws Error (io_error).
  [[nodiscard]] std::uint64_t publish();

  /// This rank cannot go on: the others learn it in the place of its next call. Closes the file and removes it. Does
  /// nothing after publish(). Not to be called while another thread writes.
  void give_up(Error const& why) noexcept;

  /// Whether ranks waited in vain for others, so that the launch has to end. Not collective.
  [[nodiscard]] bool has_lost_ranks() const { return steps_.has_lost_ranks(); }

  /// Those that MPI-IO went by; empty without MPI, or when nothing was opened. Not collective.
  [[nodiscard]] std::vector<MpiHint> const& hints() const { return hints_; }

 private:
  void lay_out(SharedStackTemplate const& file_template, int chunk_rows);
  void create_compressed(SharedStackTemplate const& file_template, int chunk_rows);
  void name_file();
  [[nodiscard]] std::uint64_t untold_share(std::uint64_t file_bytes) const;
  void close_or_leave() noexcept;
  template <class Call>
  void watched(Call const& call);
  template <class Call>
  void together(Call const& call);

  std::unique_ptr<Communicator> ranks_;
  std::filesystem::path base_;
  SharedFileOptions options_;
  JointSteps steps_;
  DepthImageShape shape_;
  bool is_compressed_ = false;
  std::optional<DepthStackPart> part_;  ///< on the first rank
  std::unique_ptr<SharedImages> images_;
  bool all_have_opened_ = false;
  std::vector<MpiHint> hints_;
};

}  // namespace lauebench
