#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/cancellation.hpp"
#include "io/chunk_decoder.hpp"
#include "io/chunk_index.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5_handle.hpp"
#include "io/scan_reader.hpp"

/// Reads a chunked stack past HDF5's lock, on several threads. Internal to this room.
namespace lauebench {

/// Seconds of all threads together.
struct ChunkSeconds {
  double read = 0.0;
  double decompress = 0.0;  ///< copying to the destination included
};

class ChunkReader {
 public:
  /// `file` is what holds the stack; `stack` is kept where `chunked` has no places. As many threads as asked for, but
  /// no more than there are chunks, nor than have room in an eighth of `memory_limit_bytes`, and at least one. Throws
  /// Error (bad_input) when the file ends before its chunks do.
  ChunkReader(ScanInfo const& info, ChunkedStack chunked, posix::Descriptor file, hdf5::Handle stack, int threads,
              std::uint64_t memory_limit_bytes);

  /// Fills `destination`, [frames][rows][columns]. Each chunk is read and decompressed once. What goes wrong first, on
  /// whichever thread, is thrown when all have stopped: Error (io_error, or that of `cancellation`), std::bad_alloc.
  void read(FrameBox const& box, std::span<std::byte> destination, Cancellation const& cancellation);

  /// Bytes held beside the destination while chunks are read.
  [[nodiscard]] std::uint64_t buffer_bytes() const;

  /// Rows that come together.
  [[nodiscard]] std::int64_t row_unit() const;

  [[nodiscard]] ChunkSeconds seconds() const;

  /// Returns 0 or an errno.
  [[nodiscard]] int close();

 private:
  using Corner = std::array<std::int64_t, 3>;  ///< first frame, row and column of a chunk

  struct Selection;
  /// As the file has it; empty when it was never written.
  struct StoredChunk {
    std::span<std::byte const> bytes;
    std::uint32_t filter_mask = 0;
  };
  /// What one thread needs for itself.
  struct Worker {
    ChunkDecoder decoder;
    std::unique_ptr<std::byte[]> stored;
    ChunkSeconds seconds;
  };

  [[nodiscard]] bool comes_whole() const;
  [[nodiscard]] std::uint64_t worker_bytes() const;
  void require_places_in_file() const;
  void read_chunk(Worker& worker, Selection const& selection, std::int64_t task);
  void read_runs(Selection const& selection, Corner const& at, std::string const& problem) const;
  void read_whole(Worker& worker, Selection const& selection, Corner const& at, std::string const& problem) const;
  [[nodiscard]] ChunkPlace const& place_of(Corner const& at) const;
  [[nodiscard]] StoredChunk fetch(Worker& worker, Corner const& at, std::string const& problem) const;
  [[nodiscard]] StoredChunk fetch_through_hdf5(Worker& worker, Corner const& at, std::string const& problem) const;
  [[nodiscard]] std::span<std::byte> room_for(Worker& worker, std::uint64_t bytes, std::string const& problem) const;
  [[nodiscard]] std::string problem_with(std::int64_t first_frame) const;

  std::filesystem::path scan_;
  ChunkedStack chunked_;
  posix::Descriptor file_;
  hdf5::Handle stack_;
  std::vector<Worker> workers_;
};

}  // namespace lauebench
