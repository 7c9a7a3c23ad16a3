#pragma once

#include <nlohmann/json.hpp>

#include "probe/environment.hpp"
#include "probe/host_facts.hpp"

namespace lauebench {

/// The record's `environment`, command line and nodes apart. What is not known is null, and the object that holds it
/// has a member `unavailable` with the reason under the same name.
[[nodiscard]] nlohmann::ordered_json to_json(Environment const& environment);

[[nodiscard]] nlohmann::ordered_json to_json(BackendFacts const& backend);

/// The facts of one of its `nodes`; which ranks run there is the caller's to add.
[[nodiscard]] nlohmann::ordered_json to_json(HostFacts const& host);

/// The inverse, but for `machine`, which is part of the platform there. Throws nlohmann::json::exception for what is
/// none.
[[nodiscard]] HostFacts host_facts_from_json(nlohmann::ordered_json const& json);

}  // namespace lauebench
