#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "bench/output_file.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

/// A file beside the results that a launch writes anew.
struct SideFile {
  OutputFile file;
  std::string_view opening;  ///< of each that this program wrote: one that begins otherwise would be lost
};

/// `path` as messages name it, as the next.
[[nodiscard]] SideFile trace_file(std::filesystem::path const& path);
[[nodiscard]] SideFile telemetry_file(std::filesystem::path const& path);

/// Those that are asked for.
[[nodiscard]] std::vector<SideFile> side_files(RunConfig const& config);

/// Throws Error (bad_input) unless the file can become or is one of ours, which will be replaced. Writes nothing.
void check_side_file(SideFile const& side);

/// The same for all that `config` asks for, which must be none of the launch's other files either: not the results
/// file, not one another, nor any that check_apart_from_launch names.
void check_side_places(RunConfig const& config);

/// Replaces a side file, and appends to it. All throw Error (io_error).
class SideFileWriter {
 public:
  /// Throws Error (bad_input) as check_side_file.
  explicit SideFileWriter(SideFile const& side);

  /// In one piece; also throws when the file was removed, moved, replaced or cut since.
  void append(std::string_view text);

  void close();

 private:
  OutputFile file_;
  posix::Descriptor descriptor_;
  off_t size_ = 0;  ///< after the last append, bytes
};

}  // namespace lauebench
