#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "bench/output_file.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {

/// What the results file's end looked like when it was opened.
enum class LastLine : std::uint8_t {
  whole,  ///< empty file, or the last byte is a newline
  torn,   ///< another program's crash left a line without its newline; ours starts on a line of its own
};

/// Appends JSON lines to a results file: one write(2) and one fsync per line, so that whatever kills the launch, every
/// finished run is on disk and every line is whole. Nothing that is in the file already is changed or removed.
class ResultsWriter {
 public:
  /// Opens the file for appending, creating it (0644, folder synced) if there is none. Throws Error: bad_input when the
  /// folder does not exist or the path is not a regular file, io_error when the system refuses.
  explicit ResultsWriter(std::filesystem::path path);

  /// Appends `record` (one line, no newline in it), on a line of its own whatever else was appended meanwhile. What
  /// comes up short, or does not reach the disk, is cut back to the last whole line. A file that was removed meanwhile
  /// is made again with all its lines. Throws Error (io_error), also when the file was moved, replaced or cut since the
  /// line before.
  void append(std::string_view record);

  [[nodiscard]] LastLine last_line() const { return last_line_; }
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  void require_in_place();
  [[nodiscard]] std::string begin_of_line(off_t size) const;
  void restore();

  std::filesystem::path path_;       ///< as given, for messages
  std::filesystem::path real_path_;  ///< without symbolic links
  posix::Descriptor file_;
  LastLine last_line_ = LastLine::whole;
  bool newline_is_due_ = false;
  off_t size_ = 0;  ///< after the last append, bytes
};

/// `path` as messages name it.
[[nodiscard]] OutputFile results_file(std::filesystem::path const& path);

/// Throws Error (bad_input) unless `path` can become or is a results file: its folder exists and is writable, and if
/// it exists it is a regular file that is empty or begins with '{'. Writes nothing.
void check_results_path(std::filesystem::path const& path);

}  // namespace lauebench
