#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "bench/rank_report.hpp"

namespace lauebench {

/// Holds the depth images of every rank and run, by their digests, against what they have to be: a golden digest, or
/// those of the launch's first run with the same arithmetic, of which most of its ranks agree. Arithmetic is told by
/// backend, architecture, precision and output type; fused multiply-adds make differences in the last place between
/// architectures.
class OutputVerification {
 public:
  /// `golden`: 32 hexadecimal digits, or empty.
  explicit OutputVerification(std::string golden) : golden_(std::move(golden)) {}

  /// Turns successful reports of a run with other images into ReturnCode::wrong_result. Those without a digest stay as
  /// they are. `precision` is that of the run's point.
  void check(std::span<RankReport> reports, Precision precision);

 private:
  void learn(std::span<RankReport const> reports, Precision precision);

  std::string golden_;
  std::map<std::string, std::string> first_;  ///< digest by arithmetic
};

/// The word that the file begins with. Throws Error (bad_input) unless that is a digest.
[[nodiscard]] std::string read_golden_digest(std::filesystem::path const& file);

}  // namespace lauebench
