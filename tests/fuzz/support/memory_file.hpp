#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace lauebench::fuzz {

/// A file in memory that has a path: what is written to it is gone with the process, whatever ends that.
class MemoryFile {
 public:
  /// Throws std::system_error.
  MemoryFile();
  ~MemoryFile();
  MemoryFile(MemoryFile const&) = delete;
  MemoryFile& operator=(MemoryFile const&) = delete;

  /// In /proc of this process.
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

  /// Makes `content` all that it holds. Throws std::system_error.
  void replace(std::string_view content);

 private:
  int descriptor_;
  std::filesystem::path path_;
};

}  // namespace lauebench::fuzz
