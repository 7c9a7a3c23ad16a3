#include "bench/repetition_json.hpp"

#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "bench/members_json.hpp"
#include "config/option_entries.hpp"

namespace lauebench {
namespace {

std::string too_few(PointResult const& result, int least) {
  return fmt::format("{}, it takes {}", plural(static_cast<std::size_t>(result.succeeded()), "successful run"), least);
}

Json interval_to_json(ConfidenceInterval const& interval) {
  return {{"geometric_mean_s", interval.geometric_mean},
          {"low_s", interval.low},
          {"high_s", interval.high},
          {"relative_half_width", interval.relative_half_width}};
}

void put_sustained(Json& summary, PointResult const& result) {
  std::string const not_given = "--sustain was not given";
  put(summary, "sustained_s", result.sustained_s(),
      result.sustain_s() ? "failures, an error or a signal ended it" : not_given);
  auto const times = result.sustained();
  summary["sustained"] = nullptr;
  if (times) {
    summary["sustained"] = {{"asked_s", *result.sustain_s()},
                            {"first_tenth_s", times->first_tenth_s},
                            {"last_tenth_s", times->last_tenth_s},
                            {"change", times->change()},
                            {"throughput_fell", times->change() > largest_steady_change}};
  } else {
    summary["unavailable"]["sustained"] = result.sustain_s() ? too_few(result, least_values_for_sustained) : not_given;
  }
}

void put_spread(Json& summary, PointResult const& result) {
  auto const statistics = result.statistics();
  std::string const too_few_for_spread = too_few(result, least_values_for_spread);
  put(summary, "stddev", statistics ? statistics->stddev : std::nullopt, too_few_for_spread);
  summary["confidence_interval"] =
      statistics && statistics->confidence ? interval_to_json(*statistics->confidence) : Json(nullptr);
  if (summary["confidence_interval"].is_null()) {
    summary["unavailable"]["confidence_interval"] =
        result.succeeded() >= least_values_for_spread ? "a time is 0, which has no logarithm" : too_few_for_spread;
  }
}

}  // namespace

void put_repetition(Json& summary, PointResult const& result) {
  put_spread(summary, result);
  std::string const too_few_for_flags = too_few(result, least_values_for_flags);
  bool const are_enough = result.succeeded() >= least_values_for_flags;
  put(summary, "outliers", result.outliers(), too_few_for_flags);
  put(summary, "slow_first", result.is_first_slow(), are_enough ? "the first run failed" : too_few_for_flags);
  put(summary, "noise_floor", result.noise_floor(), too_few(result, least_values_for_noise_floor));
  put_sustained(summary, result);
  summary["stopped"] = to_string(result.stopped().value_or(StopReason::runs));
}

}  // namespace lauebench
