#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/part_file.hpp"

namespace lauebench {

/// `<base><m>.h5`, of OutputLayout::per_depth
[[nodiscard]] std::filesystem::path depth_file_path(std::filesystem::path const& base, int m);

/// `<base>.h5`, of OutputLayout::per_rank
[[nodiscard]] std::filesystem::path depth_stack_path(std::filesystem::path const& base);

/// The largest m for which there is a file `<base><m>.h5`; -1 when there is none.
[[nodiscard]] int last_depth_file(std::filesystem::path const& base);

/// Whether `file`, whose ending is left out, is a depth file of a reconstruction that is at work, other than the one
/// that holds `own_lock`. Where the base ends and the number begins cannot be seen: "out12" is depth 12 of "out" and
/// depth 2 of "out1". Its owner is a reconstruction that runs under either base.
[[nodiscard]] bool belongs_to_running(std::filesystem::path const& file, std::filesystem::path const& own_lock);

/// The names of one reconstruction's depth files and summary, kept from other reconstructions while it lives: it holds
/// the part of depth file 0.
class DepthClaim {
 public:
  /// What was there when it came.
  enum class Before : std::uint8_t { nothing, a_killed_run };

  /// Checks all names before it touches anything, then takes the lock, removes the parts that a reconstruction of the
  /// same base left when it was killed, which are none without part 0, and warns of depth files beyond `count`, which
  /// stay, as do parts beyond it that are neither empty nor begin as HDF5 files do. Throws Error: bad_input when
  /// another process writes there or when something is in the way, which every file is but a depth image, a summary,
  /// and what a killed run may have left of them; io_error.
  DepthClaim(std::filesystem::path base, int count);

 private:
  struct Neighbours;

  [[nodiscard]] Neighbours neighbours() const;

  std::filesystem::path base_;
  int count_;
  std::string problem_;
  Before before_;
  PartFile first_part_;
};

}  // namespace lauebench
