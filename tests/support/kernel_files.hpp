#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_folder.hpp"

namespace lauebench::test {

/// A root folder with files as the kernel would show them.
class KernelFiles {
 public:
  void put(std::string const& name, std::string const& text) const {
    auto const path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  [[nodiscard]] std::filesystem::path const& root() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace lauebench::test
