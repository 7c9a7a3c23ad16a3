#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "cluster/communicator.hpp"
#include "config/config.hpp"
#include "io/depth_image.hpp"

namespace lauebench {

/// Which rank's images of which file.
struct SharedPlace {
  std::filesystem::path file;
  DepthImageShape shape;     ///< of each rank's images
  int rank = 0;              ///< whose images this process writes
  std::uint64_t offset = 0;  ///< of these in the file, bytes; where they lie in one piece
};

/// The images of a file of several ranks, open on all of them. Calls are collective, but for write_rows where ranks
/// write by themselves and hints(). All throw Error (io_error). Destroying it before close() may close the
/// file, which takes all ranks too.
class SharedImages {
 public:
  virtual ~SharedImages() = default;

  /// Rows [first_row, first_row + rows) of all of this rank's images, [depths][rows][columns].
  virtual void write_rows(int first_row, int rows, std::span<std::byte const> images) = 0;

  /// fsync, on every rank.
  virtual void sync() = 0;

  virtual void close() = 0;

  /// Those that MPI-IO goes by; empty without MPI.
  [[nodiscard]] virtual std::vector<MpiHint> hints() const = 0;
};

/// Writes past HDF5; images lie in one piece. Collective. Throws Error (io_error, bad_input).
[[nodiscard]] std::unique_ptr<SharedImages> open_plain_images(Communicator& ranks, SharedPlace const& place,
                                                              SharedFileOptions const& options);

/// Writes by HDF5, also in chunks. Collective. Throws Error (io_error).
[[nodiscard]] std::unique_ptr<SharedImages> open_hdf5_images(Communicator& ranks, SharedPlace const& place,
                                                             SharedFileOptions const& options);

}  // namespace lauebench
