#pragma once

#include <string_view>

#include "config/error.hpp"

namespace lauebench::fuzz {

/// Prints `what` and ends the process; libFuzzer keeps the input.
[[noreturn]] void report_finding(std::string_view what);

/// A finding unless `message` is one line of the form "problem (why): what to do".
void require_readable(std::string_view message);

/// Calls `work`. Error is what it may throw; whatever else it throws ends the process. False: there was an Error.
template <class Work>
bool succeeds(Work const& work) {
  try {
    work();
    return true;
  } catch (Error const& error) {
    require_readable(error.what());
    return false;
  }
}

}  // namespace lauebench::fuzz
