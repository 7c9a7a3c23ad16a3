#pragma once

#include <filesystem>
#include <string_view>

#include "config/error.hpp"
#include "io/file_descriptor.hpp"

/// Files that carry a temporary name, `<final name>.part`, until they are complete.
namespace lauebench {

[[nodiscard]] std::filesystem::path part_of(std::filesystem::path file);

/// Why a part is in the way that holds something else than a killed run would have left.
inline constexpr std::string_view not_left_behind = "it does not begin as what this program leaves behind";

/// That nothing can be written to the name `there`, since what has it cannot be replaced.
[[nodiscard]] Error in_the_way(std::filesystem::path const& there, std::string_view why, std::string_view problem);

/// Throws Error (bad_input), beginning with `problem`, unless there is nothing at `part` or a regular file of this user
/// that has no further name: nothing else can be what a run that was killed left behind. Links are not followed.
void require_own_part(std::filesystem::path const& part, std::string_view problem);

/// As `require_own_part`, without throwing: whether there is a file that may be removed.
[[nodiscard]] bool is_own_part(std::filesystem::path const& part);

/// Whether a process holds `part` as a PartFile; this process counts too.
[[nodiscard]] bool is_being_written(std::filesystem::path const& part);

/// That `output` is being written through the file `part`.
[[nodiscard]] Error being_written(std::filesystem::path const& output, std::filesystem::path const& part);

/// A `.part` file that this process alone writes, by flock(2) on the file itself: the kernel lets go of it when the
/// process ends, however it ends. (On filesystems that do not lock files nothing keeps others out.)
class PartFile {
 public:
  /// Opens the part of `output`, or makes it; what is in it stays. Throws Error: bad_input when another process writes
  /// it, when something is there that `require_own_part` refuses, or when it may not be made; io_error otherwise.
  PartFile(std::filesystem::path const& output, std::string_view problem);
  /// Removes the file if it still has its name: it was not published.
  ~PartFile();
  PartFile(PartFile const&) = delete;
  PartFile& operator=(PartFile const&) = delete;

  [[nodiscard]] posix::Descriptor const& descriptor() const { return file_; }
  [[nodiscard]] std::filesystem::path const& path() const { return part_; }

  /// Cuts what an earlier run left in it. Throws Error (io_error).
  void clear(std::string_view problem);

  /// Lets go of the file, which stays as it is.
  void leave() noexcept { file_.close(); }

 private:
  std::filesystem::path part_;
  posix::Descriptor file_;
};

}  // namespace lauebench
