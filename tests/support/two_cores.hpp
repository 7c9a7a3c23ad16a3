#pragma once

#include "support/generated_scan.hpp"

namespace lauebench::test {

/// How much faster two threads that know nothing of each other resolve two halves of a scan than one resolves it whole:
/// 2 where the machine has two cores to give at the moment, 1 where others are at work on them. Never above 2.
[[nodiscard]] double speed_of_two_cores(LoadedScan& scan);

}  // namespace lauebench::test
