#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include <sys/types.h>
#include <sys/uio.h>

/// POSIX files of this room: owned descriptors, whole reads and writes.
namespace lauebench {

/// Owns a file descriptor; non-copyable.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(FileDescriptor const&) = delete;
  FileDescriptor& operator=(FileDescriptor const&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool valid() const { return descriptor_ >= 0; }

  /// 0, or the errno with which closing failed (network filesystems report late errors here). Idempotent.
  int close() noexcept;

 private:
  int descriptor_ = -1;
};

/// Opens a regular file for reading. Throws Error with `problem`: bad_input when it is missing or no regular file,
/// io_error when the system refuses.
FileDescriptor open_regular_file_for_reading(std::filesystem::path const& file, std::string_view problem);

/// Bytes of the file.
[[nodiscard]] std::uint64_t size_of(FileDescriptor const& file, std::string_view problem);

/// Fills `destination` from `offset` on, over short reads and interruptions. Throws Error (io_error) with `problem`; a
/// file that ends too early is one.
void read_all(FileDescriptor const& file, std::uint64_t offset, std::span<std::byte> destination,
              std::string_view problem);

/// Writes all of `pieces`, one behind the other, from `offset` on, over short writes and interruptions; uses `pieces`
/// up. Returns 0 or an errno.
[[nodiscard]] int write_all(FileDescriptor const& file, std::uint64_t offset, std::span<iovec> pieces);

/// The folder that holds `file`, "." when its name has none.
[[nodiscard]] std::filesystem::path folder_of(std::filesystem::path const& file);

/// fsync of a file or folder. Throws Error (io_error).
void sync_to_disk(std::filesystem::path const& path);

}  // namespace lauebench
