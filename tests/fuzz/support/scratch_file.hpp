#pragma once

#include <filesystem>

namespace lauebench::fuzz {

/// A file with a name of its own, which HDF5 wants where others are content with a MemoryFile. A child process removes
/// it when this one has ended, however that was.
class ScratchFile {
 public:
  /// Throws std::system_error.
  ScratchFile();

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace lauebench::fuzz
