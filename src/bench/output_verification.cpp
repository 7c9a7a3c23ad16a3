#include "bench/output_verification.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "config/error.hpp"
#include "config/option_entries.hpp"
#include "config/words.hpp"
#include "io/file_descriptor.hpp"
#include "staging/own_names.hpp"

namespace lauebench {
namespace {

constexpr std::size_t digest_digits = 32;

bool is_verifiable(RankReport const& report) { return report.outcome.code == ReturnCode::ok && !report.digest.empty(); }

DigestedImages images_of(RankReport const& report, Precision precision) {
  RankOutcome const& outcome = report.outcome;
  return {report.replica, outcome.backend, outcome.architecture, outcome.output_type, precision, report.digest};
}

std::string arithmetic_of(DigestedImages const& images) {
  return fmt::format("{} {}, {} precision, {}", images.backend, images.architecture, to_word(images.precision),
                     images.output_type);
}

/// Empty where another one is as frequent: nobody knows which of them is right.
std::string most_frequent(std::vector<std::string> const& digests) {
  auto const count = [&digests](std::string const& digest) { return std::ranges::count(digests, digest); };
  std::string const& found = *std::ranges::max_element(digests, {}, count);
  bool const is_alone = std::ranges::all_of(
      digests, [&](std::string const& other) { return other == found || count(other) < count(found); });
  return is_alone ? found : std::string();
}

std::string differs_among_ranks(RankReport const& report, std::string_view work) {
  return fmt::format(
      "depth images may be wrong (their digest is {}, and no digest is that of most ranks in the first run with {}): "
      "look for failing memory, processors or disks on all of its nodes",
      report.digest, work);
}

std::string differs_from_first(RankReport const& report, std::string_view work, std::string_view expected) {
  return fmt::format(
      "depth images are wrong (their digest is {}, that of most ranks in the first run with {} is {}): look "
      "for failing memory, processors or disks on {}; where all later runs have this digest, the first one was wrong: "
      "start again without --resume",
      report.digest, work, expected, report.host);
}

std::string differs_from_golden(RankReport const& report, std::string_view arithmetic, std::string_view expected) {
  return fmt::format(
      "depth images are wrong (their digest is {}, the golden one is {}): check that the golden one is of this scan, "
      "these options and {}, and look for failing memory, processors or disks on {}",
      report.digest, expected, arithmetic, report.host);
}

/// The digest that a line begins with; empty when it begins with something else.
std::string digest_in(std::string_view line) {
  std::string_view const word = line.substr(0, line.find_first_of(" \t\r"));
  return is_digest(word) ? std::string(word) : std::string();
}

/// No list of digests is longer.
constexpr std::uint64_t most_golden_bytes = std::uint64_t{1} << 20U;

}  // namespace

void OutputVerification::check(std::span<RankReport> reports, Precision precision) {
  std::vector<DigestedImages> images;
  for (RankReport const& report : reports) {
    if (is_verifiable(report)) {
      images.push_back(images_of(report, precision));
    }
  }
  trust(images);
  for (RankReport& report : reports) {
    if (!is_verifiable(report)) {
      continue;
    }
    DigestedImages const mine = images_of(report, precision);
    if (std::string problem = problem_with(report, mine); !problem.empty()) {
      report.outcome.error = std::move(problem);
      report.outcome.code = ReturnCode::wrong_result;
    }
  }
}

std::string OutputVerification::problem_with(RankReport const& report, DigestedImages const& mine) const {
  if (!golden_.empty()) {
    std::string const& expected = golden_[scan_of(mine)];
    return report.digest == expected ? "" : differs_from_golden(report, arithmetic_of(mine), expected);
  }
  std::string const work = work_of(mine);
  auto const first = first_.find(work);
  if (first == first_.end()) {
    return differs_among_ranks(report, work);
  }
  return report.digest == first->second ? "" : differs_from_first(report, work, first->second);
}

void OutputVerification::trust(std::span<DigestedImages const> images) {
  std::map<std::string, std::vector<std::string>> found;
  for (DigestedImages const& each : images) {
    found[work_of(each)].push_back(each.digest);
  }
  for (auto const& [work, digests] : found) {
    if (std::string const digest = most_frequent(digests); !digest.empty()) {
      first_.try_emplace(work, digest);
    }
  }
}

std::size_t OutputVerification::scan_of(DigestedImages const& images) const {
  return scan_of_replica(images.replica, scans_.size());
}

std::string OutputVerification::work_of(DigestedImages const& images) const {
  std::string const arithmetic = arithmetic_of(images);
  return scans_.size() == 1 ? arithmetic : fmt::format("{} of {}", arithmetic, scans_[scan_of(images)].string());
}

bool is_digest(std::string_view text) {
  return text.size() == digest_digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<std::string> read_golden_digests(std::filesystem::path const& file, std::size_t scans) {
  auto const problem = fmt::format("cannot use golden digest '{}'", file.string());
  auto const opened = open_regular_file_for_reading(file, problem);
  std::string beginning(std::min(size_of(opened, problem), most_golden_bytes), '\0');
  read_all(opened, 0, std::as_writable_bytes(std::span(beginning)), problem);
  std::vector<std::string> digests;
  std::istringstream lines(beginning);
  for (std::string line; std::getline(lines, line) && !digest_in(line).empty();) {
    digests.push_back(digest_in(line));
  }
  if (digests.empty()) {
    throw bad_input(problem, "its first word is not 32 hexadecimal digits in lower case",
                    "take the digest of a run record's per_proc");
  }
  if (digests.size() != scans) {
    throw bad_input(
        problem,
        fmt::format("it begins with {}, for {} given by --h5", plural(digests.size(), "digest"), plural(scans, "scan")),
        "give a line for each scan, in the order of --h5");
  }
  return digests;
}

}  // namespace lauebench
