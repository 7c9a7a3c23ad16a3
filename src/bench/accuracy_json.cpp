#include "bench/accuracy_json.hpp"

#include <optional>

#include "bench/reading_json.hpp"

namespace lauebench {
namespace {

Reading<double> depth_reading(std::optional<double> const& error_um) {
  return error_um ? Reading<double>(*error_um) : Unknown{"no grain has counts, so that none has a depth"};
}

void take_depth(nlohmann::ordered_json const& json, char const* name, std::optional<double>& error_um) {
  auto const& found = json.at(name);
  error_um = found.is_null() ? std::nullopt : std::optional(found.get<double>());
}

}  // namespace

void to_json(nlohmann::ordered_json& json, DepthAccuracy const& accuracy) {
  json = nlohmann::ordered_json::object();
  put(json, "depth_error_um_rms", depth_reading(accuracy.depth_error_um_rms));
  put(json, "depth_error_um_max", depth_reading(accuracy.depth_error_um_max));
  put(json, "intensity_recovered", accuracy.intensity_recovered);
  put(json, "grains_judged", accuracy.grains_judged);
  put(json, "grains_not_found", accuracy.grains_not_found);
  put(json, "grains_left_out", accuracy.grains_left_out);
}

void from_json(nlohmann::ordered_json const& json, DepthAccuracy& accuracy) {
  take_depth(json, "depth_error_um_rms", accuracy.depth_error_um_rms);
  take_depth(json, "depth_error_um_max", accuracy.depth_error_um_max);
  take(json, "intensity_recovered", accuracy.intensity_recovered);
  take(json, "grains_judged", accuracy.grains_judged);
  take(json, "grains_not_found", accuracy.grains_not_found);
  take(json, "grains_left_out", accuracy.grains_left_out);
}

}  // namespace lauebench
