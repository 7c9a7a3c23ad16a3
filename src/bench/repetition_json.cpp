#include "bench/repetition_json.hpp"

#include <string>

#include <fmt/format.h>

#include "bench/members_json.hpp"

namespace lauebench {
namespace {

std::string too_few(PointResult const& result, int least) {
  return fmt::format("{} successful runs, it takes {}", result.succeeded(), least);
}

Json interval_to_json(ConfidenceInterval const& interval) {
  return {{"geometric_mean_s", interval.geometric_mean},
          {"low_s", interval.low},
          {"high_s", interval.high},
          {"relative_half_width", interval.relative_half_width}};
}

void put_sustained(Json& summary, PointResult const& result) {
  auto const times = result.sustained();
  summary["sustained"] = nullptr;
  if (times) {
    summary["sustained"] = {{"asked_s", *result.sustain_s()},
                            {"first_tenth_s", times->first_tenth_s},
                            {"last_tenth_s", times->last_tenth_s},
                            {"change", times->change()},
                            {"throughput_fell", times->change() > largest_steady_change}};
  } else {
    summary["unavailable"]["sustained"] =
        result.sustain_s() ? too_few(result, least_values_for_sustained) : "--sustain was not given";
  }
}

}  // namespace

void put_repetition(Json& summary, PointResult const& result) {
  auto const statistics = result.statistics();
  summary["confidence_interval"] =
      statistics && statistics->confidence ? interval_to_json(*statistics->confidence) : Json(nullptr);
  std::string const too_few_for_flags = too_few(result, least_values_for_flags);
  bool const are_enough = result.succeeded() >= least_values_for_flags;
  put(summary, "outliers", result.outliers(), too_few_for_flags);
  put(summary, "slow_first", result.is_first_slow(), are_enough ? "the first run failed" : too_few_for_flags);
  put(summary, "noise_floor", result.noise_floor(), too_few(result, least_values_for_noise_floor));
  put_sustained(summary, result);
  summary["stopped"] = to_string(result.stopped().value_or(StopReason::runs));
}

}  // namespace lauebench
