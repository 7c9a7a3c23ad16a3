#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/bench/settings.hpp"
#include "reconstruct/reconstruct.hpp"

/// What the benchmarks of one launch share: a folder for their files and generated scans.
namespace lauebench::kernel_bench {

/// A generated wire scan, on disk and in memory.
struct Scan {
  ReconstructionTask task;  ///< its file, the geometry, all depths of the size; writes below the work folder
  kernels::ReconstructionJob job;
  int rows = 0;
  std::vector<std::byte> frames;  ///< [images][rows][columns], uint16
};

class Workplace {
 public:
  /// Makes a folder for the benchmarks' files in `parent`. Throws Error.
  Workplace(std::filesystem::path const& parent, std::uint64_t seed);
  /// Removes it.
  ~Workplace();
  Workplace(Workplace const&) = delete;
  Workplace& operator=(Workplace const&) = delete;

  [[nodiscard]] std::filesystem::path const& folder() const { return folder_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }

  /// Generated once for a size and a binning (pixels put together in each direction), from the seed.
  [[nodiscard]] Scan const& scan(ProblemSize const& size, int binning = 1);

  /// The plain formula's depth images in float64, [depths][rows][columns]. The latest are kept: variants that differ in
  /// runner and precision alone share them. `key` says which they are.
  [[nodiscard]] std::span<double const> oracle(std::string const& key, kernels::ReconstructionJob job,
                                               kernels::Stripe stripe);

 private:
  std::filesystem::path folder_;
  std::uint64_t seed_;
  std::map<std::pair<ProblemSize, int>, Scan> scans_;
  std::string oracle_key_;
  std::vector<double> oracle_;
};

/// A geometry file with typical numbers: of the installed package, else of the source tree. Throws Error (bad_input).
[[nodiscard]] std::filesystem::path geometry_file();

/// The program `name` in this program's own folder, whether it is there or not.
[[nodiscard]] std::filesystem::path program_beside(std::string_view name);

}  // namespace lauebench::kernel_bench
