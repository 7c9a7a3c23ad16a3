#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "io/scan_reader.hpp"
#include "io/scan_truth.hpp"
#include "kokkos_kernels/types.hpp"

namespace lauebench {

/// A scan file to be made, in the layout of the specification's "Input 2".
struct ScanFileDescription {
  std::filesystem::path output;
  int stored_frames = 0;  ///< n, frame 0 included
  int rows = 0;
  int columns = 0;
  ElementType element_type = ElementType::uint16;
  DetectorRegion region;
  std::optional<ChunkShape> chunk;         ///< empty: contiguous
  int gzip_level = 0;                      ///< 1..9 need a chunk; 0: not compressed
  ByteShuffle shuffle = ByteShuffle::off;  ///< on needs a chunk
  std::vector<Vec3> wire_raw_um;           ///< n + 2 elements; frame s belongs to element s + 1
  std::string title;
  std::string detector_id;
  double exposure_s = 0.1;
};

/// What publishing puts the new file in the place of.
enum class PreviousScan : std::uint8_t { none, generated };

/// Throws Error (bad_input) unless a scan may be written to `output`: its folder is there, and at most a regular file
/// that a ScanWriter made has its name. Writes nothing.
PreviousScan check_scan_target(std::filesystem::path const& output);

/// A part of the stack of frames.
struct ScanBlock {
  std::int64_t first_frame = 0;
  std::int64_t frames = 0;
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::int64_t first_column = 0;
  std::int64_t columns = 0;

  [[nodiscard]] std::int64_t values() const { return frames * rows * columns; }
};

/// Writes a scan block by block. The file is called `<output>.part` until `publish`; the destructor removes what was
/// not published.
class ScanWriter {
 public:
  /// Checks folder, free space (uncompressed size) and what is to be replaced, then creates the file with everything
  /// but the frames. Only a regular file that a ScanWriter made is replaced. Throws Error: bad_input for what the user
  /// can mend, io_error for what the system refuses.
  explicit ScanWriter(ScanFileDescription description);
  ~ScanWriter();
  ScanWriter(ScanWriter const&) = delete;
  ScanWriter& operator=(ScanWriter const&) = delete;

  /// What had the output's name when the writer was made.
  [[nodiscard]] PreviousScan previous() const;

  /// The blocks that make up the stack, each to be written once, in the order in which they lie in the file: frames
  /// where the stack is contiguous, else chunks (cut off at the stack's end).
  [[nodiscard]] std::int64_t block_count() const;
  [[nodiscard]] ScanBlock block(std::int64_t index) const;

  /// `values` is [frames][rows][columns] of the block in native byte order. Several threads may write different blocks
  /// at once; chunks are compressed by the calling thread. Throws Error (io_error), out of space included.
  void write_block(std::int64_t index, std::span<std::byte const> values);

  /// Adds the truth, brings the file to disk and gives it its name. Returns its size in bytes. Throws Error (io_error).
  std::uint64_t publish(ScanTruth const& truth);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lauebench
