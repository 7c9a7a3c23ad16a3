#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "config/cancellation.hpp"
#include "config/config.hpp"
#include "kokkos_kernels/types.hpp"

namespace lauebench {

/// Region of interest in unbinned, zero-based pixels, as /entry1/detector has it.
struct DetectorRegion {
  int start_x = 0;
  int start_y = 0;
  int bin_x = 1;
  int bin_y = 1;
  std::optional<int> end_x;  ///< last pixel; empty, as those below: the file does not say
  std::optional<int> end_y;
  std::optional<int> full_x;  ///< Nx
  std::optional<int> full_y;  ///< Ny
};

/// How the frames lie in the file.
struct FrameLayout {
  std::optional<std::array<std::int64_t, 3>> chunk;  ///< frames, rows, columns; empty: contiguous
  bool filtered = false;
};

struct ScanInfo {
  std::filesystem::path path;
  int stored_frames = 0;  ///< n; frame 0 is not used
  int rows = 0;
  int columns = 0;
  ElementType element_type = ElementType::uint16;
  DetectorRegion region;
  FrameLayout layout;
  std::vector<Vec3> wire_raw_um;  ///< raw positions of the images I_0 .. I_(N-1), elements 2..n of the vectors

  [[nodiscard]] int images() const { return stored_frames - 1; }
  [[nodiscard]] std::int64_t row_bytes() const {
    return std::int64_t{columns} * static_cast<std::int64_t>(size_bytes(element_type));
  }
  [[nodiscard]] std::int64_t image_bytes() const { return row_bytes() * rows; }
};

/// Rows of stored frames.
struct FrameBox {
  int first_frame = 0;
  int frames = 0;
  int first_row = 0;
  int rows = 0;
};

/// Throws Error (bad_input) when the scan has too few stored frames: 5, or 4 with the conserving rule, or 9 with the
/// cosmic filter, whose window of 7 values leaves out the first stored frame and the last.
void require_enough_frames(ScanInfo const& info, AreaRule area_rule, CosmicFilter cosmic_filter);

/// How frames come out of the file: contiguous ones by plain system calls, chunks by these and own decompression, or
/// either by HDF5, which may go through MPI-IO.
enum class ReadPath : std::uint8_t { pread, chunks, hdf5, mpi_independent, mpi_collective };

[[nodiscard]] constexpr std::string_view to_string(ReadPath path) {
  constexpr std::array<std::string_view, 5> names{"pread", "chunks", "hdf5", "mpi-independent", "mpi-collective"};
  return names[static_cast<std::size_t>(path)];
}

class SharedInput;

/// How a scan is to be read.
struct ReadOptions {
  std::uint64_t memory_limit_bytes = std::numeric_limits<std::uint64_t>::max();
  IoPath io_path = IoPath::automatic;
  int threads = 1;                 ///< at most, for decompressing
  Cancellation cancellation = {};  ///< looked at between frames or chunks
  InputAccess access = InputAccess::posix;
  SharedInput* shared = nullptr;  ///< what ranks read together, with another access; none in a check
};

/// A wire scan that is open for reading. Seconds spent and bytes read are the caller's to measure.
class ScanReader {
 public:
  /// Opens and validates (see the specification, "Input 2"). Throws Error: bad_input for what the file lacks and for
  /// what cannot be read in the way asked for, io_error for what the system refuses. HDF5's own error stack is never
  /// printed. Before the wire's positions are read, they and a row of all images must fit the memory limit.
  explicit ScanReader(std::filesystem::path const& file, ReadOptions const& options = {});
  ~ScanReader();
  ScanReader(ScanReader&&) noexcept;
  ScanReader& operator=(ScanReader&&) noexcept;

  [[nodiscard]] ScanInfo const& info() const;

  /// What was asked for and can be until rows are read; from then on how they were.
  [[nodiscard]] ReadPath path() const;

  /// Bytes that are needed beside the destination while rows are read: chunks being decompressed. 0 with
  /// ReadPath::pread, where several threads may call at once.
  [[nodiscard]] std::int64_t buffer_bytes() const;

  /// Rows that come together: what begins and ends at multiples of them is not decompressed twice. At most all rows.
  [[nodiscard]] int row_unit() const;

  /// The part of the time spent in reading so far that went into decompressing, 0 .. 1; empty where HDF5 does both.
  [[nodiscard]] std::optional<double> decompress_share() const;

  /// Image 0 (stored frame 1) as [rows][columns] of the element type; `destination` has image_bytes(). Throws Error
  /// (io_error) when the file cannot be read any more, std::invalid_argument for a destination of another size.
  void read_first_image(std::span<std::byte> destination);

  /// Rows [first_row, first_row + rows) of all images, [images][rows][columns] of the element type in native byte
  /// order. A call decompresses no chunk twice. Throws as read_first_image.
  void read_rows(int first_row, int rows, std::span<std::byte> destination);

  /// Closes the file; the destructor does the same but cannot report.
  void close();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lauebench
