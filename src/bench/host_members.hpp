#pragma once

#include <concepts>
#include <type_traits>

#include <nlohmann/json.hpp>

#include "bench/members_json.hpp"
#include "probe/host_facts.hpp"

/// The members of what is known of a node, by their names in the records (see member_names.hpp).
namespace lauebench {

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, CacheFacts>
void for_each_member(Struct& cache, Visit&& visit) {
  visit("level", cache.level);
  visit("bytes", cache.bytes);
  visit("count", cache.count);
  visit("shared_by_cpus", cache.shared_by_cpus);
}

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, GpuFacts>
void for_each_member(Struct& gpu, Visit&& visit) {
  visit("name", gpu.name);
  visit("uuid", gpu.uuid);
  visit("pci_bus_id", gpu.pci_bus_id);
  visit("memory_bytes", gpu.memory_bytes);
  visit("power_limit_w", gpu.power_limit_w);
  visit("ecc", gpu.ecc);
  visit("mig", gpu.mig);
}

/// `machine` is part of the platform.
template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, HostFacts>
void for_each_member(Struct& host, Visit&& visit) {
  visit("hostname", host.hostname);
  visit("platform", host.platform);
  visit("kernel", host.kernel);
  visit("cpu_model", host.cpu_model);
  visit("sockets", host.topology.sockets);
  visit("cores", host.topology.cores);
  visit("logical_cpus", host.logical_cpus);
  visit("numa_nodes", host.topology.numa_nodes);
  visit("caches", host.topology.caches);
  visit("allowed_cpus", host.topology.allowed_cpus);
  visit("governor", host.cpu_settings.governor);
  visit("turbo", host.cpu_settings.turbo);
  visit("memory_bytes", host.memory_bytes);
  visit("cgroup_memory_bytes", host.cgroup_memory_bytes);
  visit("cgroup_cpus", host.cgroup_cpus);
  visit("load_average", host.load_average);
  visit("gpus", host.gpus);
  visit("mps", host.gpu_sharing_service);
}

/// The JSON library finds these by their arguments.
inline void to_json(nlohmann::ordered_json& json, CacheFacts const& cache) { json = members_to_json(cache); }
inline void from_json(nlohmann::ordered_json const& json, CacheFacts& cache) { members_from_json(json, cache); }
inline void to_json(nlohmann::ordered_json& json, GpuFacts const& gpu) { json = members_to_json(gpu); }
inline void from_json(nlohmann::ordered_json const& json, GpuFacts& gpu) { members_from_json(json, gpu); }

}  // namespace lauebench
