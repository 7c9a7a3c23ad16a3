#include "bench/accuracy_json.hpp"

#include "bench/members_json.hpp"

namespace lauebench {
namespace {

constexpr char const* no_depth = "no grain has counts, so that none has a depth";

}  // namespace

void to_json(nlohmann::ordered_json& json, DepthAccuracy const& accuracy) {
  json = nlohmann::ordered_json::object();
  put(json, "depth_error_um_rms", accuracy.depth_error_um_rms, no_depth);
  put(json, "depth_error_um_max", accuracy.depth_error_um_max, no_depth);
  put(json, "intensity_recovered", accuracy.intensity_recovered);
  put(json, "grains_judged", accuracy.grains_judged);
  put(json, "grains_not_found", accuracy.grains_not_found);
  put(json, "grains_left_out", accuracy.grains_left_out);
}

void from_json(nlohmann::ordered_json const& json, DepthAccuracy& accuracy) {
  take(json, "depth_error_um_rms", accuracy.depth_error_um_rms);
  take(json, "depth_error_um_max", accuracy.depth_error_um_max);
  take(json, "intensity_recovered", accuracy.intensity_recovered);
  take(json, "grains_judged", accuracy.grains_judged);
  take(json, "grains_not_found", accuracy.grains_not_found);
  take(json, "grains_left_out", accuracy.grains_left_out);
}

}  // namespace lauebench
