#include "bench/output_verification.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

constexpr std::size_t digest_digits = 32;

std::string arithmetic_of(RankOutcome const& outcome) {
  return fmt::format("{} {}, {}", outcome.backend, outcome.architecture, outcome.output_type);
}

bool is_digest(std::string_view text) {
  return text.size() == digest_digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

void OutputVerification::check(std::span<RankReport> reports) {
  for (RankReport& report : reports) {
    if (report.outcome.code != ReturnCode::ok || report.digest.empty()) {
      continue;
    }
    Expected const& expected = expected_of(report);
    if (report.digest != expected.digest) {
      report.outcome.code = ReturnCode::wrong_result;
      report.outcome.error = fmt::format(
          "depth images are wrong (their digest is {}, that of {} is {}): look for failing memory, "
          "processors or disks on {}",
          report.digest, expected.owner, expected.digest, report.host);
    }
  }
}

OutputVerification::Expected const& OutputVerification::expected_of(RankReport const& report) {
  std::string const arithmetic = arithmetic_of(report.outcome);
  Expected const first = golden_.empty()
                             ? Expected{report.digest, fmt::format("the launch's first run with {}", arithmetic)}
                             : Expected{golden_, "--golden-digest"};
  return expected_.try_emplace(arithmetic, first).first->second;
}

std::string read_golden_digest(std::filesystem::path const& file) {
  auto const problem = fmt::format("cannot use golden digest '{}'", file.string());
  std::ifstream stream(file);
  if (!stream) {
    throw bad_input(problem, std::generic_category().message(errno), "check the path");
  }
  std::string digest;
  stream >> digest;
  if (!is_digest(digest)) {
    throw bad_input(problem, "it does not begin with 32 hexadecimal digits",
                    "take the digest of a run record's per_proc");
  }
  return digest;
}

}  // namespace lauebench
