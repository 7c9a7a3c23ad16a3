#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cluster/communicator.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench::test {

/// A folder that all ranks use, with a scan, scan.h5; rank 0 makes it and takes it away.
class SharedFolder {
 public:
  SharedFolder(Communicator& ranks, ScanSpec const& scan) : ranks_(ranks) {
    if (ranks.is_root()) {
      folder_.emplace();
      write_scan(*folder_ / "scan.h5", scan);
    }
    path_ = ranks.broadcast(folder_ ? (*folder_ / "").string() : std::string());
  }
  ~SharedFolder() { ranks_.barrier(); }
  SharedFolder(SharedFolder const&) = delete;
  SharedFolder& operator=(SharedFolder const&) = delete;

  [[nodiscard]] std::filesystem::path operator/(std::string const& name) const { return path_ / name; }

  [[nodiscard]] std::vector<std::string> names() const {
    ranks_.barrier();
    std::vector<std::string> found;
    for (auto const& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().filename() != "scan.h5") {
        found.push_back(entry.path().filename());
      }
    }
    ranks_.barrier();
    return found;
  }

 private:
  Communicator& ranks_;
  std::optional<TemporaryFolder> folder_;
  std::filesystem::path path_;
};

}  // namespace lauebench::test
