#pragma once

#include <string>
#include <string_view>

#include "bench/rank_report.hpp"

namespace lauebench {

/// A rank's report as text, the form in which it travels to rank 0.
[[nodiscard]] std::string to_message(RankReport const& report);

/// The inverse of `to_message`; every value comes back as it was. Throws std::runtime_error for a text that is none.
[[nodiscard]] RankReport rank_report_from_message(std::string_view message);

}  // namespace lauebench
