#pragma once

#include <nlohmann/json.hpp>

#include "bench/node_meter.hpp"
#include "bench/rank_report.hpp"
#include "bench/run_energy.hpp"

/// Energy, temperatures and clocks of a run, as records and messages between ranks have them. What is not known is null
/// with its reason in `unavailable` (members_json.hpp).
namespace lauebench {

[[nodiscard]] nlohmann::ordered_json to_json(NodeUse const& node);
/// The inverse. Throws nlohmann::json::exception for what is none, as the next two.
[[nodiscard]] NodeUse node_use_from_json(nlohmann::ordered_json const& json);

[[nodiscard]] nlohmann::ordered_json to_json(RunEnergy const& energy);

/// Without the energy counter, of which a record has the difference of two.
[[nodiscard]] nlohmann::ordered_json to_json(GpuState const& state);

/// Which GPU it is, and back.
[[nodiscard]] nlohmann::ordered_json gpu_identity(GpuUse const& gpu);
[[nodiscard]] GpuUse gpu_from_identity(nlohmann::ordered_json const& json);

/// The GPU of a rank, its energy counter as the difference.
[[nodiscard]] nlohmann::ordered_json to_json(GpuUse const& gpu);

/// All of a GPU's telemetry, for a message, and back.
[[nodiscard]] nlohmann::ordered_json gpu_to_message(GpuUse const& gpu);
[[nodiscard]] GpuUse gpu_from_message(nlohmann::ordered_json const& json);

}  // namespace lauebench
