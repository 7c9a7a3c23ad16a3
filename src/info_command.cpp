#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/environment_json.hpp"
#include "commands.hpp"
#include "config/say.hpp"
#include "kokkos_kernels/backend_loader.hpp"
#include "probe/environment.hpp"
#include "probe/host_facts.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// Modules of any kind in the folders where they are looked for, in that order.
std::vector<fs::path> find_modules() {
  std::vector<fs::path> modules;
  for (fs::path const& folder : kernels::module_folders()) {
    std::error_code unreadable;
    std::vector<fs::path> here;
    for (auto const& entry : fs::directory_iterator(folder, unreadable)) {
      std::string const name = entry.path().filename().string();
      if (name.starts_with("liblauebench_") && entry.path().extension() == ".so") {
        here.push_back(entry.path());
      }
    }
    std::sort(here.begin(), here.end());
    modules.insert(modules.end(), here.begin(), here.end());
  }
  return modules;
}

std::string program_text(BuildInfo const& build) {
  std::string const commit = build.git_sha.empty()
                                 ? "not built in a git checkout"
                                 : fmt::format("commit {}{}", build.git_sha, build.git_dirty ? ", changed" : "");
  return fmt::format("laue-bench {} ({})\n  {} build, {}, {}\n", build.version, commit, build.build_type,
                     build.compiler, build.flags.empty() ? "no flags" : build.flags);
}

std::string backend_text(BackendFacts const& backend) {
  auto const* module = std::get_if<ModuleFacts>(&backend.module);
  if (module == nullptr) {
    return fmt::format("{}: cannot be used ({})\n", backend.name, std::get<Unknown>(backend.module).reason);
  }
  return fmt::format("{}: {}, Kokkos {}, {}, {}\n  {}\n", backend.name, module->info.architecture,
                     module->info.kokkos_version, module->info.compiler, module->info.flags, module->file.string());
}

std::string gpus_text(std::vector<BackendFacts> const& backends) {
  constexpr double bytes_per_gib = 1024.0 * 1024.0 * 1024.0;
  std::string text;
  for (BackendFacts const& backend : backends) {
    auto const* module = std::get_if<ModuleFacts>(&backend.module);
    if (module == nullptr || backend.name != "cuda") {
      continue;
    }
    for (kernels::DeviceInfo const& device : module->info.devices) {
      text += fmt::format("GPU {}: {}, {:.1f} GiB, compute capability {}.{}, {}, {}\n", device.index, device.name,
                          static_cast<double>(device.memory_bytes) / bytes_per_gib, device.compute_capability / 10,
                          device.compute_capability % 10, device.pci_bus_id, device.uuid);
    }
  }
  return text.empty() ? "GPUs: none that can be used\n" : text;
}

std::string environment_text(Environment const& environment, std::vector<fs::path> const& modules) {
  std::string text = program_text(environment.build);
  for (BackendFacts const& backend : environment.backends) {
    text += backend_text(backend);
  }
  text += gpus_text(environment.backends);
  text += "modules:";
  for (fs::path const& module : modules) {
    text += fmt::format("\n  {}", module.string());
  }
  text += modules.empty() ? " none found\n" : "\n";
  text += fmt::format("MPI: {}\n", environment.mpi_library);
  text += fmt::format("HDF5: {}, {}\n", environment.hdf5.version,
                      environment.hdf5.build == Hdf5Build::parallel ? "parallel" : "serial");
  auto const* driver = std::get_if<std::string>(&environment.cuda_driver);
  text += driver != nullptr
              ? fmt::format("CUDA driver: serves CUDA {}\n", *driver)
              : fmt::format("CUDA driver: none ({})\n", std::get<Unknown>(environment.cuda_driver).reason);
  return text;
}

}  // namespace

int run_info_command(InfoConfig const& config) {
  Environment environment = read_environment();
  environment.backends = {read_backend(kernels::BackendKind::openmp), read_backend(kernels::BackendKind::cuda)};
  std::vector<fs::path> const modules = find_modules();
  if (config.format == InfoFormat::text) {
    answer(environment_text(environment, modules));
    return 0;
  }
  nlohmann::ordered_json json = to_json(environment);
  json["modules"] = nlohmann::ordered_json::array();
  for (fs::path const& module : modules) {
    json["modules"].push_back(module.string());
  }
  json["host"] = to_json(read_host_facts());
  answer(json.dump(2) + '\n');
  return 0;
}

}  // namespace lauebench
