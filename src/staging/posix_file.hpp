#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "config/error.hpp"

/// Files and folders by descriptor, so that nothing below a folder that was once opened can be swapped for a symbolic
/// link.
namespace lauebench::posix {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool valid() const { return descriptor_ >= 0; }

  /// Gives the descriptor up without closing it.
  int release() noexcept { return std::exchange(descriptor_, -1); }

  /// 0, or the errno with which closing failed (network filesystems report late errors here). Idempotent.
  int close() noexcept;

 private:
  int descriptor_ = -1;
};

/// An Error for a failed system call: bad_input where another path or permission would help (no permission, read-only,
/// missing, symbolic link, not a folder), io_error otherwise (disk full included).
[[nodiscard]] Error system_error(std::string_view problem, int error_number, std::string_view what_to_do);

/// Opens a folder that the user named; symbolic links are followed. Throws Error.
[[nodiscard]] Descriptor open_folder(std::filesystem::path const& folder);

/// Opens folder `name` in `parent`, which must be a folder itself and no link to one. `path` is for the message. Throws
/// Error.
[[nodiscard]] Descriptor open_folder_at(Descriptor const& parent, std::string const& name,
                                        std::filesystem::path const& path);

/// That, but a folder of another user is an Error (bad_input), too.
[[nodiscard]] Descriptor open_own_folder_at(Descriptor const& parent, std::string const& name,
                                            std::filesystem::path const& path);

/// What `name` in `folder` is, links not followed; empty: there is no such thing. Throws Error.
[[nodiscard]] std::optional<struct stat> look_at(Descriptor const& folder, std::string const& name,
                                                 std::filesystem::path const& path);

/// What an open file is. Throws Error.
[[nodiscard]] struct stat look_at(Descriptor const& file, std::filesystem::path const& path);

/// Names in a folder, "." and ".." left out, sorted. Throws Error.
[[nodiscard]] std::vector<std::string> list(Descriptor const& folder, std::filesystem::path const& path);

/// Writes everything at the file's position. Returns 0 or an errno.
[[nodiscard]] int write_all(Descriptor const& file, std::span<std::byte const> bytes);

/// Reads up to the buffer's size; 0 at the end. Throws Error.
[[nodiscard]] std::size_t read_some(Descriptor const& file, std::span<std::byte> buffer,
                                    std::filesystem::path const& path);

/// That, from the byte `offset` on; the file's position stays, so that several threads may read one file.
[[nodiscard]] std::size_t read_some(Descriptor const& file, std::span<std::byte> buffer, std::uint64_t offset,
                                    std::filesystem::path const& path);

/// All of an open file's text, cut after `most_bytes`. Throws Error.
[[nodiscard]] std::string read_text(Descriptor const& file, std::size_t most_bytes, std::filesystem::path const& path);

/// fsync. Throws Error.
void sync(Descriptor const& file, std::filesystem::path const& path);

/// Makes file `name` in `folder` with `text` in it, on disk; there must be none. Throws Error.
void create_file(Descriptor const& folder, std::string const& name, std::string_view text,
                 std::filesystem::path const& path);

enum class Kind : std::uint8_t { file, folder };

/// Removes `name`, an empty folder if it is one, from `folder`. `path` is its own, for the message. Throws Error.
void remove(Descriptor const& folder, std::string const& name, Kind kind, std::filesystem::path const& path);

/// Whether it belongs to the user as whom this process acts.
[[nodiscard]] bool is_ours(struct stat const& status);

/// Whether it is a regular file of that user, as opposed to a link, a folder and anybody else's.
[[nodiscard]] bool is_own_file(struct stat const& status);

/// Bytes that a file takes on disk.
[[nodiscard]] std::uint64_t bytes_on_disk(struct stat const& status);

}  // namespace lauebench::posix
