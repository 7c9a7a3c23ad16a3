#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kokkos_kernels/backend.hpp"

namespace lauebench::kernels {

enum class BackendKind : unsigned char { openmp, cuda };

[[nodiscard]] std::string_view to_string(BackendKind kind);

/// Why a backend cannot be used, for people: "libcuda.so.1: cannot open shared object file".
struct BackendUnavailable {
  std::string reason;
};

/// A usable backend (owned by its module, valid until the process ends) and the module's file.
struct LoadedBackend {
  Backend* backend;
  std::filesystem::path module;
};

using BackendResult = std::variant<LoadedBackend, BackendUnavailable>;

/// Where modules are looked for: in $LAUEBENCH_MODULE_DIR alone where that is set, else in this order `../lib` and
/// `../lib/lauebench` beside the running program, the program's own folder.
[[nodiscard]] std::vector<std::filesystem::path> module_folders();

/// Instruction levels of which this CPU (and its operating system) can run all, the best first: "x86-64-v4", ...; one
/// name on other architectures.
[[nodiscard]] std::vector<std::string_view> runnable_cpu_levels();

/// The CPU module of one level, which this CPU must be able to run; for comparing levels. A module is loaded once: the
/// same backend comes back each time.
[[nodiscard]] BackendResult load_cpu_backend(std::string_view level);

/// Finds, checks and loads the module; each is loaded once per process, later calls return the same result. For CUDA
/// the driver is asked first whether there is such a device, and the module for its architecture is taken (devices of a
/// node may be unlike); for CPUs the best of the levels that it can run, or the one that $LAUEBENCH_CPU_LEVEL names.
[[nodiscard]] BackendResult load_backend(BackendKind kind, int device = 0);

/// GPUs that the CUDA driver shows to this process; 0 where it cannot be asked.
[[nodiscard]] int gpu_count();

/// Their PCI bus addresses in that order, "0000:3b:00.0"; empty for one whose address the driver does not tell.
[[nodiscard]] std::vector<std::string> gpu_bus_ids();

/// Why `library` cannot be used as a Kokkos Tools library, for people; empty when it can.
[[nodiscard]] std::string tool_problem(std::string const& library);

}  // namespace lauebench::kernels
