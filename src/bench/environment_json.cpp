#include "bench/environment_json.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
void put(Json& object, char const* name, Reading<Value> const& reading) {
  if (auto const* value = std::get_if<Value>(&reading)) {
    object[name] = *value;
  } else {
    object[name] = nullptr;
    object["unavailable"][name] = std::get<Unknown>(reading).reason;
  }
}

template <class Value>
Reading<Value> reading_from(Json const& object, char const* name) {
  if (object.at(name).is_null()) {
    return Unknown{object.at("unavailable").at(name).get<std::string>()};
  }
  return object.at(name).get<Value>();
}

Json to_json(BuildInfo const& build) {
  Json json = {{"version", build.version},
               {"build_type", build.build_type},
               {"compiler", build.compiler},
               {"flags", build.flags}};
  if (build.git_sha.empty()) {
    json["git_dirty"] = nullptr;
    json["unavailable"]["git_dirty"] = "not built in a git checkout";
  } else {
    json["git_dirty"] = build.git_dirty;
  }
  return json;
}

Json to_json(kernels::DeviceInfo const& device) {
  return {{"index", device.index},
          {"name", device.name},
          {"uuid", device.uuid},
          {"pci_bus_id", device.pci_bus_id},
          {"memory_bytes", device.memory_bytes},
          {"compute_capability", device.compute_capability}};
}

}  // namespace

Json to_json(BackendFacts const& backend) {
  Json json = {{"name", backend.name}};
  auto const* module = std::get_if<ModuleFacts>(&backend.module);
  json["usable"] = module != nullptr;
  if (module == nullptr) {
    json["reason"] = std::get<Unknown>(backend.module).reason;
    return json;
  }
  json["module"] = module->file.string();
  json["architecture"] = module->info.architecture;
  json["kokkos_version"] = module->info.kokkos_version;
  json["compiler"] = module->info.compiler;
  json["devices"] = Json::array();
  for (kernels::DeviceInfo const& device : module->info.devices) {
    json["devices"].push_back(to_json(device));
  }
  return json;
}

Json to_json(HostFacts const& host) {
  Json json = {{"hostname", host.hostname}, {"platform", host.platform}, {"kernel", host.kernel}};
  put(json, "cpu_model", host.cpu_model);
  json["logical_cpus"] = host.logical_cpus;
  put(json, "memory_bytes", host.memory_bytes);
  put(json, "load_average", host.load_average);
  return json;
}

HostFacts host_facts_from_json(Json const& json) {
  HostFacts host;
  json.at("hostname").get_to(host.hostname);
  json.at("platform").get_to(host.platform);
  json.at("kernel").get_to(host.kernel);
  host.cpu_model = reading_from<std::string>(json, "cpu_model");
  json.at("logical_cpus").get_to(host.logical_cpus);
  host.memory_bytes = reading_from<std::uint64_t>(json, "memory_bytes");
  host.load_average = reading_from<std::array<double, 3>>(json, "load_average");
  return host;
}

Json to_json(Environment const& environment) {
  Json json = {{"program", to_json(environment.build)}};
  json["backends"] = Json::array();
  for (BackendFacts const& backend : environment.backends) {
    json["backends"].push_back(to_json(backend));
  }
  json["mpi_library"] = environment.mpi_library;
  json["hdf5"] = {{"version", environment.hdf5.version}, {"parallel", environment.hdf5.build == Hdf5Build::parallel}};
  put(json, "cuda_driver", environment.cuda_driver);
  put(json, "omp_proc_bind", environment.omp_proc_bind);
  put(json, "slurm", environment.slurm);
  return json;
}

}  // namespace lauebench
