#include "support/findings.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace lauebench::fuzz {

void report_finding(std::string_view what) {
  fmt::print(stderr, "finding: {}\n", what);
  std::abort();
}

void require_readable(std::string_view message) {
  bool const is_one_line = std::ranges::none_of(message, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  auto const why = message.find(" (");
  if (!is_one_line || why == std::string_view::npos || message.find("): ", why) == std::string_view::npos) {
    report_finding(fmt::format("a message that is no line 'problem (why): what to do': {}", message));
  }
}

}  // namespace lauebench::fuzz
