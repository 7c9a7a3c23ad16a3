#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "io/file_descriptor.hpp"
#include "io/hdf5_handle.hpp"
#include "io/scan_reader.hpp"

/// The stack of frames as it lies in the file. Internal to this room.
namespace lauebench {

/// Opens the stack without a chunk cache: a call visits each chunk once, and what would be kept between calls would not
/// count as anybody's memory. Throws Error (bad_input), also when external links lead to another file.
[[nodiscard]] hdf5::Handle open_stack(hdf5::Handle const& file, std::filesystem::path const& name);

/// Fills in dimensions, element type and layout. Throws Error (bad_input) for what cannot be a stack of frames, for one
/// that lies in other files or was never written, and for filters that are not there.
void describe_stack(hdf5::Handle const& stack, ScanInfo& info);

/// Whether the chunks that hold the box are as long as their filters make them.
[[nodiscard]] bool are_chunks_whole(hdf5::Handle const& stack, FrameBox const& box, ScanInfo const& info);

/// By HDF5, asked with `transfer` properties. Throws Error (io_error), beginning with `problem`.
void read_frames(hdf5::Handle const& stack, FrameBox const& box, ScanInfo const& info, std::span<std::byte> destination,
                 std::string_view problem, hid_t transfer = H5P_DEFAULT);

/// The file that holds the stack.
[[nodiscard]] std::filesystem::path file_of(hdf5::Handle const& stack);

/// Where a contiguous stack lies: a file and its first byte there.
struct ContiguousPlace {
  std::filesystem::path file;
  std::uint64_t offset = 0;
};

/// Empty when the stack is chunked or compact.
[[nodiscard]] std::optional<ContiguousPlace> contiguous_place(hdf5::Handle const& stack);

/// Opens the file that holds the frames. Throws Error (bad_input) when it ends before they do.
[[nodiscard]] posix::Descriptor open_contiguous(ContiguousPlace const& place, ScanInfo const& info);

}  // namespace lauebench
