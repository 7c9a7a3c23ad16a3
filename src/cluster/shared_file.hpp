#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/communicator.hpp"
#include "config/config.hpp"

namespace lauebench {

/// Equal blocks at equal distances in a file; bytes.
struct FileBlocks {
  std::uint64_t first = 0;  ///< where the first begins
  std::uint64_t block_bytes = 0;
  std::uint64_t stride_bytes = 0;  ///< from the beginning of one to that of the next
  std::uint64_t count = 1;
};

/// A file that ranks have open for writing. All calls but hints() throw Error (io_error). Destroying it closes nothing,
/// for that takes all ranks.
class SharedFile {
 public:
  virtual ~SharedFile() = default;

  /// `bytes`, cut into the blocks. Toggle::on: all ranks call it, with blocks of the same size and number.
  virtual void write(FileBlocks const& blocks, std::span<std::byte const> bytes, Toggle collective) = 0;

  /// Lets what every rank has written reach the disk. Collective.
  virtual void sync() = 0;

  /// Collective.
  virtual void close() = 0;

  /// Those that MPI-IO goes by: it may take others than were asked for, and knows more. Empty without MPI.
  [[nodiscard]] virtual std::vector<MpiHint> hints() const = 0;
};

/// Memory that MPI-IO takes to gather what ranks read or write together, unless a hint asks for more: 32 MiB in Open
/// MPI (io_ompio_bytes_per_agg), 16 MiB in ROMIO (cb_buffer_size).
inline constexpr std::uint64_t collective_buffer_bytes = std::uint64_t{32} << 20U;

/// Reading and writing have threads of their own. Throws Error (bad_input), with `problem`, where the MPI library lets
/// the main one alone talk to other ranks; `another_way` is an option that does without.
void require_thread_beside_main(std::string_view problem, std::string_view another_way);

/// Opens a file that is there through MPI-IO; `ranks` are MPI's. Collective. Throws Error (io_error; bad_input where
/// MPI lets no thread but the main one talk to other ranks: writing has one of its own).
[[nodiscard]] std::unique_ptr<SharedFile> open_mpi_file(Communicator& ranks, std::filesystem::path const& path,
                                                        std::vector<MpiHint> const& hints);

}  // namespace lauebench
