#include "config/run_identity.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "config/normal_path.hpp"
#include "config/option_tables.hpp"

namespace lauebench {

std::string run_identity(RunConfig const& config) {
  RunConfig canonical = config;
  std::ranges::transform(config.h5, canonical.h5.begin(), normal_path);
  canonical.geometry = normal_path(config.geometry);
  std::ranges::transform(config.staging_dirs, canonical.staging_dirs.begin(), normal_path);
  canonical.placement = placement_of(config);
  // Sorted keys: neither the order of the table nor that of the help text is part of what a run is.
  nlohmann::json identity = nlohmann::json::object();
  for (auto const& option : run_options()) {
    if (option.text.plan_role == PlanRole::changes_run) {
      identity[json_name(option.text.name)] = option.to_json(canonical);
    }
  }
  return identity.dump();
}

}  // namespace lauebench
