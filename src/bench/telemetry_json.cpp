#include "bench/telemetry_json.hpp"

#include <concepts>
#include <type_traits>

#include "bench/members_json.hpp"

namespace lauebench {

using Json = nlohmann::ordered_json;

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, CpuState>
void for_each_member(Struct& state, Visit&& visit) {
  visit("frequency_mhz", state.frequency_mhz);
  visit("temperature_c", state.temperature_c);
}

/// Its energy apart, which a record has as the difference of two.
template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, GpuState>
void for_each_member(Struct& state, Visit&& visit) {
  visit("power_w", state.power_w);
  visit("memory_used_bytes", state.memory_used_bytes);
  visit("sm_clock_mhz", state.sm_clock_mhz);
  visit("memory_clock_mhz", state.memory_clock_mhz);
  visit("temperature_c", state.temperature_c);
  visit("throttle_reasons", state.throttle_reasons);
}

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, NodeUse>
void for_each_member(Struct& node, Visit&& visit) {
  visit("host", node.host);
  visit("seconds", node.seconds);
  visit("cpu_package_j", node.cpu_package_j);
}

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, RunEnergy>
void for_each_member(Struct& energy, Visit&& visit) {
  visit("cpu_j", energy.cpu_j);
  visit("gpu_j", energy.gpu_j);
  visit("total_j", energy.total_j);
  visit("mean_w", energy.mean_w);
  visit("j_per_reconstruction", energy.j_per_reconstruction);
  visit("nj_per_pixel_step", energy.nj_per_pixel_step);
}

namespace {

Json state_to_message(GpuState const& state) {
  Json json = members_to_json(state);
  put(json, "energy_j", state.energy_j);
  return json;
}

GpuState state_from_message(Json const& json) {
  GpuState state;
  members_from_json(json, state);
  take(json, "energy_j", state.energy_j);
  return state;
}

}  // namespace

Json to_json(GpuState const& state) { return members_to_json(state); }

Json to_json(NodeUse const& node) {
  Json json = members_to_json(node);
  json["start"] = members_to_json(node.at_start);
  json["end"] = members_to_json(node.at_end);
  return json;
}

NodeUse node_use_from_json(Json const& json) {
  NodeUse node;
  members_from_json(json, node);
  members_from_json(json.at("start"), node.at_start);
  members_from_json(json.at("end"), node.at_end);
  return node;
}

Json to_json(RunEnergy const& energy) { return members_to_json(energy); }

Json gpu_identity(GpuUse const& gpu) {
  return {{"index", gpu.index}, {"uuid", gpu.uuid}, {"pci_bus_id", gpu.pci_bus_id}, {"visible_gpus", gpu.visible}};
}

Json to_json(GpuUse const& gpu) {
  Json json = gpu_identity(gpu);
  json["ranks_on_gpu"] = gpu.sharers;
  put(json, "energy_j", energy_j(gpu));
  put(json, "peak_memory_used_bytes", gpu.peak_memory_used_bytes);
  json["start"] = members_to_json(gpu.at_start);
  json["end"] = members_to_json(gpu.at_end);
  return json;
}

Json gpu_to_message(GpuUse const& gpu) {
  Json json = gpu_identity(gpu);
  json["ranks_on_gpu"] = gpu.sharers;
  put(json, "peak_memory_used_bytes", gpu.peak_memory_used_bytes);
  json["start"] = state_to_message(gpu.at_start);
  json["end"] = state_to_message(gpu.at_end);
  return json;
}

GpuUse gpu_from_identity(Json const& json) {
  GpuUse gpu;
  json.at("index").get_to(gpu.index);
  json.at("uuid").get_to(gpu.uuid);
  json.at("pci_bus_id").get_to(gpu.pci_bus_id);
  json.at("visible_gpus").get_to(gpu.visible);
  return gpu;
}

GpuUse gpu_from_message(Json const& json) {
  GpuUse gpu = gpu_from_identity(json);
  json.at("ranks_on_gpu").get_to(gpu.sharers);
  take(json, "peak_memory_used_bytes", gpu.peak_memory_used_bytes);
  gpu.at_start = state_from_message(json.at("start"));
  gpu.at_end = state_from_message(json.at("end"));
  return gpu;
}

}  // namespace lauebench
