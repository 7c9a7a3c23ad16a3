#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "io/depth_output_checks.hpp"
#include "io/part_file.hpp"

namespace lauebench {

/// `<base>.h5` while it is being written: the file `<base>.h5.part`, which this process alone writes, in an output that
/// no other reconstruction writes in either layout. The destructor removes it unless it was published.
class DepthStackPart {
 public:
  /// Checks that the folder exists, that the file would not replace `scan`, that there is room for `size`
  /// (require_output_space), and that nothing is in the way of it or the summary, which every file is but a stack of
  /// depth images, a summary, and what a killed run may have left of them; then takes the part and empties it. Throws
  /// Error (io_error, bad_input).
  DepthStackPart(std::filesystem::path const& base, std::filesystem::path const& scan, DepthOutputSize const& size);

  [[nodiscard]] posix::Descriptor const& descriptor() const { return part_->descriptor(); }
  [[nodiscard]] std::filesystem::path const& path() const { return part_->path(); }

  /// What an error about the file begins with.
  [[nodiscard]] std::string const& problem() const { return problem_; }

  /// That a write to it failed.
  [[nodiscard]] Error write_error(int error_number) const;

  /// Gives it its final name and lets go of it. Throws Error (io_error).
  void publish();

 private:
  void check_names(std::filesystem::path const& base) const;
  void take(std::filesystem::path const& base);
  void mark();

  std::filesystem::path final_path_;
  DepthOutputSize size_;
  std::string problem_;
  std::optional<PartFile> part_;
};

}  // namespace lauebench
