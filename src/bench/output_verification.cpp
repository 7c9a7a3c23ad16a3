#include "bench/output_verification.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "config/error.hpp"
#include "config/words.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {
namespace {

constexpr std::size_t digest_digits = 32;

bool is_verifiable(RankReport const& report) { return report.outcome.code == ReturnCode::ok && !report.digest.empty(); }

std::string arithmetic_of(RankOutcome const& outcome, Precision precision) {
  return fmt::format("{} {}, {} precision, {}", outcome.backend, outcome.architecture, to_word(precision),
                     outcome.output_type);
}

/// Of equally frequent ones the first.
std::string most_frequent(std::vector<std::string> const& digests) {
  return *std::ranges::max_element(
      digests, {}, [&digests](std::string const& digest) { return std::ranges::count(digests, digest); });
}

std::string differs_from_first(RankReport const& report, std::string_view arithmetic, std::string_view expected) {
  return fmt::format(
      "depth images are wrong (their digest is {}, that of most ranks in the launch's first run with {} is {}): look "
      "for failing memory, processors or disks on {}",
      report.digest, arithmetic, expected, report.host);
}

std::string differs_from_golden(RankReport const& report, std::string_view arithmetic, std::string_view expected) {
  return fmt::format(
      "depth images are wrong (their digest is {}, the golden one is {}): check that the golden one is of this scan, "
      "these options and {}, and look for failing memory, processors or disks on {}",
      report.digest, expected, arithmetic, report.host);
}

}  // namespace

void OutputVerification::check(std::span<RankReport> reports, Precision precision) {
  learn(reports, precision);
  for (RankReport& report : reports) {
    if (!is_verifiable(report)) {
      continue;
    }
    std::string const arithmetic = arithmetic_of(report.outcome, precision);
    std::string const& expected = golden_.empty() ? first_.at(arithmetic) : golden_;
    if (report.digest != expected) {
      report.outcome.error = golden_.empty() ? differs_from_first(report, arithmetic, expected)
                                             : differs_from_golden(report, arithmetic, expected);
      report.outcome.code = ReturnCode::wrong_result;
    }
  }
}

void OutputVerification::learn(std::span<RankReport const> reports, Precision precision) {
  std::map<std::string, std::vector<std::string>> found;
  for (RankReport const& report : reports) {
    if (is_verifiable(report)) {
      found[arithmetic_of(report.outcome, precision)].push_back(report.digest);
    }
  }
  for (auto const& [arithmetic, digests] : found) {
    first_.try_emplace(arithmetic, most_frequent(digests));
  }
}

std::string read_golden_digest(std::filesystem::path const& file) {
  auto const problem = fmt::format("cannot use golden digest '{}'", file.string());
  auto const opened = open_regular_file_for_reading(file, problem);
  std::array<char, digest_digits + 1> beginning{};  // and what stands behind it
  auto const there = std::min<std::uint64_t>(size_of(opened, problem), beginning.size());
  read_all(opened, 0, std::as_writable_bytes(std::span(beginning)).first(there), problem);
  std::string_view const text(beginning.data(), there);
  std::string_view const digest = text.substr(0, text.find_first_of(" \t\r\n"));
  if (digest.size() != digest_digits || digest.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    throw bad_input(problem, "its first word is not 32 hexadecimal digits in lower case",
                    "take the digest of a run record's per_proc");
  }
  return std::string(digest);
}

}  // namespace lauebench
