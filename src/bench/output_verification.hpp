#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/rank_report.hpp"
#include "config/config.hpp"

namespace lauebench {

/// Depth images of a reconstruction by their digest, and what made them.
struct DigestedImages {
  int replica = 0;
  std::string backend;
  std::string architecture;
  std::string output_type;
  Precision precision = Precision::double_precision;
  std::string digest;
};

/// Holds the depth images of every rank and run, by their digests, against what they have to be: a golden digest, or
/// those of the launch's first run of the same scan with the same arithmetic in which most of its ranks agree.
/// Arithmetic is told by backend, architecture, precision and output type; fused multiply-adds make differences in the
/// last place between architectures.
class OutputVerification {
 public:
  /// `scans`: of which ranks reconstruct replicas in turn; `golden`: 32 hexadecimal digits for each, or none.
  OutputVerification(std::vector<std::filesystem::path> scans, std::vector<std::string> golden)
      : scans_(std::move(scans)), golden_(std::move(golden)) {}

  /// Takes images of a run that this launch goes on with, made by the same build, for its first ones of their kind,
  /// unless it has some.
  void trust(std::span<DigestedImages const> images);

  /// Turns successful reports of a run with other images into ReturnCode::wrong_result. Those without a digest stay as
  /// they are. `precision` is that of the run's point.
  void check(std::span<RankReport> reports, Precision precision);

 private:
  /// Why its images `mine` are not right; empty: they are.
  [[nodiscard]] std::string problem_with(RankReport const& report, DigestedImages const& mine) const;
  [[nodiscard]] std::size_t scan_of(DigestedImages const& images) const;
  /// What was reconstructed and how, for people too: equal work has equal digests.
  [[nodiscard]] std::string work_of(DigestedImages const& images) const;

  std::vector<std::filesystem::path> scans_;
  std::vector<std::string> golden_;
  std::map<std::string, std::string> first_;  ///< digest by work
};

/// Whether it is a digest as records have it: 32 hexadecimal digits in lower case.
[[nodiscard]] bool is_digest(std::string_view text);

/// The first words of the lines that the file begins with, as long as they are digests. Throws Error (bad_input) unless
/// there are `scans` of them.
[[nodiscard]] std::vector<std::string> read_golden_digests(std::filesystem::path const& file, std::size_t scans);

}  // namespace lauebench
