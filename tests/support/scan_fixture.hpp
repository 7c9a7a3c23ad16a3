#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kokkos_kernels/types.hpp"

/// Small wire scans for tests, written with plain HDF5 calls and nothing of the program's own I/O.
namespace lauebench::test {

enum class ByteOrder : std::uint8_t { little_endian, big_endian };

/// 0 .. 119, different from frame to frame, row to row and column to column: fits every element type.
[[nodiscard]] double default_value(int frame, int row, int column);

struct ScanSpec {
  int frames = 9;  ///< stored ones, frame 0 included
  int rows = 6;
  int columns = 8;
  ElementType element_type = ElementType::uint16;
  ByteOrder byte_order = ByteOrder::little_endian;
  std::vector<std::uint64_t> chunk;  ///< frames, rows, columns; empty: contiguous
  int gzip_level = 0;                ///< 0: none
  bool shuffle = false;
  std::uint64_t user_block_bytes = 0;  ///< 0 or a power of 2 from 512 on
  std::function<double(int frame, int row, int column)> value = default_value;
  std::string wire_group = "/entry1/wire";  ///< or "/entry1"
  /// Datasets of the wire group; by default wireY steps by 1 um (frames + 2 elements), wireX and wireZ are absent.
  std::optional<std::map<std::string, std::vector<double>>> wire;
  std::map<std::string, double> detector;   ///< datasets /entry1/detector/<name>, float64 scalars
  std::string file_time;                    ///< root attribute; empty: none
  std::string title = "a small wire scan";  ///< /entry1/title
};

/// Throws std::runtime_error when HDF5 fails.
void write_scan(std::filesystem::path const& file, ScanSpec const& spec);

/// What a reader should return: rows [first_row, first_row + rows) of the frames first_frame .. frames-1 in native byte
/// order.
[[nodiscard]] std::vector<std::byte> expected_rows(ScanSpec const& spec, int first_frame, int first_row, int rows);

}  // namespace lauebench::test
