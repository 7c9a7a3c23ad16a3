#include "bench/repetition_json.hpp"

#include <string>

#include <fmt/format.h>

namespace lauebench {
namespace {

template <class Value>
void put(Json& summary, char const* name, std::optional<Value> const& value, std::string const& reason) {
  summary[name] = value ? Json(*value) : Json(nullptr);
  if (!value) {
    summary["unavailable"][name] = reason;
  }
}

std::string too_few(PointResult const& result, int least) {
  return fmt::format("{} successful runs, it takes {}", result.succeeded(), least);
}

}  // namespace

void put_repetition(Json& summary, PointResult const& result) {
  std::string const too_few_for_flags = too_few(result, least_values_for_flags);
  bool const are_enough = result.succeeded() >= least_values_for_flags;
  put(summary, "outliers", result.outliers(), too_few_for_flags);
  put(summary, "slow_first", result.is_first_slow(), are_enough ? "the first run failed" : too_few_for_flags);
  put(summary, "noise_floor", result.noise_floor(), too_few(result, least_values_for_noise_floor));
  summary["stopped"] = to_string(result.stopped().value_or(StopReason::runs));
}

}  // namespace lauebench
