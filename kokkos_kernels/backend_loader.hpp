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

/// Where modules are looked for, in this order: $LAUEBENCH_MODULE_DIR, `../lib` and `../lib/lauebench` beside the
/// running program, the program's own folder.
[[nodiscard]] std::vector<std::filesystem::path> module_folders();

/// Finds, checks and loads the module; each kind is loaded once per process, later calls return the same result. For
/// CUDA the driver is asked first whether a device exists, and the module for that device's architecture is taken.
[[nodiscard]] BackendResult load_backend(BackendKind kind);

}  // namespace lauebench::kernels
