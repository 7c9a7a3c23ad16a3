#pragma once

#include <functional>

#include "reconstruct/rank_outcome.hpp"

namespace lauebench {

/// Runs `action` and turns what it throws into code and error of `outcome`.
void record_failure(RankOutcome& outcome, std::function<void()> const& action);

}  // namespace lauebench
