#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "config/config.hpp"
#include "kokkos_kernels/backend.hpp"
#include "reconstruct/reconstruct.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench::test {

/// A scan, read whole, and the job for it.
struct LoadedScan {
  kernels::ReconstructionJob job;
  int rows = 0;
  std::vector<std::byte> frames;  ///< [images][rows][columns]
  std::vector<std::byte> images;  ///< room for [depths][rows][columns]

  [[nodiscard]] kernels::Stripe stripe() { return {0, rows, frames.data(), images.data()}; }
  [[nodiscard]] double pixel_steps() const;
};

/// A generated scan in a folder of its own, with the task of reconstructing it beside it.
class GeneratedScan {
 public:
  /// Output and geometry of `config` are filled in here.
  GeneratedScan(GenerateConfig config, ReconstructionParameters const& parameters);

  [[nodiscard]] LoadedScan load() const;
  [[nodiscard]] ReconstructionTask const& task() const { return task_; }
  [[nodiscard]] std::filesystem::path folder() const { return folder_ / ""; }

  /// Removes depth files of earlier reconstructions: a benchmark's run writes new files, and some filesystems write
  /// replaced ones to disk at once.
  void remove_outputs() const;

  /// Reads the scan, resolves it by the plain formula and writes an HDF5 file per depth.
  void reconstruct_plainly() const;

 private:
  TemporaryFolder folder_;
  ReconstructionTask task_;
};

}  // namespace lauebench::test
