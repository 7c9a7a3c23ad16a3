#include "bench/environment_json.hpp"

#include <string>

#include "bench/host_members.hpp"
#include "bench/members_json.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

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

Json job_to_json(SlurmJob const& job) {
  Json json = Json::object();
  for (auto const& [name, value] : job.variables) {
    put(json, name, value);
  }
  put(json, "time_limit_s", job.time_limit_s);
  return json;
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
  json["flags"] = module->info.flags;
  json["devices"] = Json::array();
  for (kernels::DeviceInfo const& device : module->info.devices) {
    json["devices"].push_back(to_json(device));
  }
  return json;
}

Json to_json(HostFacts const& host) { return members_to_json(host); }

HostFacts host_facts_from_json(Json const& json) {
  HostFacts host;
  members_from_json(json, host);
  return host;
}

Json to_json(Environment const& environment) {
  Json json = {{"program", to_json(environment.build)}};
  json["backends"] = Json::array();
  for (BackendFacts const& backend : environment.backends) {
    json["backends"].push_back(to_json(backend));
  }
  json["mpi_library"] = environment.mpi_library;
  put(json, "mpi_io", environment.mpi_io);
  json["hdf5"] = {{"version", environment.hdf5.version}, {"parallel", environment.hdf5.build == Hdf5Build::parallel}};
  put(json, "cuda_runtime", cuda_runtime_version(environment.backends));
  put(json, "cuda_driver", environment.cuda_driver);
  put(json, "omp_proc_bind", environment.omp_proc_bind);
  put(json, "slurm", transform(environment.slurm, job_to_json));
  return json;
}

}  // namespace lauebench
