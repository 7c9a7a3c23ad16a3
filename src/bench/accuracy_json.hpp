#pragma once

#include <nlohmann/json.hpp>

#include "bench/depth_accuracy.hpp"

/// A rank's accuracy for its message to rank 0 and for the results file.
namespace lauebench {

void to_json(nlohmann::ordered_json& json, DepthAccuracy const& accuracy);

/// The inverse. Throws nlohmann::json::exception for what is none.
void from_json(nlohmann::ordered_json const& json, DepthAccuracy& accuracy);

}  // namespace lauebench
