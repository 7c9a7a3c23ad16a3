#pragma once

#include <cstdint>
#include <filesystem>

namespace lauebench {

/// The part of the available memory that the ranks of a node may plan with; the rest is for MPI, HDF5 and what else
/// runs there.
inline constexpr double usable_part_of_memory = 0.8;

/// Bytes that processes here can still allocate without swapping: the kernel's MemAvailable, or less where a cgroup
/// (version 1 or 2, this process's or any above it) leaves less: its limit minus its use, the files it caches not
/// counted as use. Throws Error (io_error) without /proc/meminfo. `root` stands before all paths that are read ("/"
/// outside tests).
[[nodiscard]] std::uint64_t available_memory_bytes(std::filesystem::path const& root = "/");

/// Bytes that one rank may use: min(limit, 0.8 x available / active ranks on its node). `active_ranks` >= 1.
[[nodiscard]] std::uint64_t memory_limit_in_effect(std::uint64_t limit_bytes, std::uint64_t available_bytes,
                                                   int active_ranks);

}  // namespace lauebench
