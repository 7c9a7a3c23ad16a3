#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "bench/before_run.hpp"
#include "bench/run_cache.hpp"

/// How a run was prepared, in messages between ranks and in the results file.
namespace lauebench {

/// `per_proc[].cache`.
[[nodiscard]] nlohmann::ordered_json to_json(ReplicaCache const& cache);
/// The inverse.
[[nodiscard]] ReplicaCache replica_cache_from_json(nlohmann::ordered_json const& json);

/// `cache` of a run.
[[nodiscard]] nlohmann::ordered_json to_json(RunCache const& cache);

/// An entry of `before_run` of a run.
[[nodiscard]] nlohmann::ordered_json to_json(BeforeRun const& before);

/// The form in which it travels to rank 0, and its inverse, which throws std::runtime_error for a text that is none.
[[nodiscard]] std::string to_message(BeforeRun const& before);
[[nodiscard]] BeforeRun before_run_from_message(std::string_view message);

}  // namespace lauebench
