#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "bench/rank_report.hpp"

namespace lauebench {

/// Holds the depth images of every rank and run, by their digests, against what they have to be: a golden digest, or
/// those of the launch's first run with the same arithmetic. That is told by backend, architecture and output type;
/// fused multiply-adds make differences in the last place between architectures.
class OutputVerification {
 public:
  /// `golden`: 32 hexadecimal digits, or empty.
  explicit OutputVerification(std::string golden) : golden_(std::move(golden)) {}

  /// Turns successful reports with other images into ReturnCode::wrong_result. Those without a digest stay as they are.
  void check(std::span<RankReport> reports);

 private:
  /// What a report's images must have, and whose it is, for people.
  struct Expected {
    std::string digest;
    std::string owner;
  };
  Expected const& expected_of(RankReport const& report);

  std::string golden_;
  std::map<std::string, Expected> expected_;  ///< by arithmetic
};

/// The digest that the file begins with; what comes behind it on its line, or on further ones, is not looked at. Throws
/// Error (bad_input).
[[nodiscard]] std::string read_golden_digest(std::filesystem::path const& file);

}  // namespace lauebench
