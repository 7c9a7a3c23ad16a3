#pragma once

#include <stdexcept>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "kokkos_kernels/backend_loader.hpp"

namespace lauebench::test {

/// The CPU module of this build; a test fails where it cannot be loaded.
inline kernels::Backend& openmp_backend() {
  auto const result = kernels::load_backend(kernels::BackendKind::openmp);
  if (auto const* const missing = std::get_if<kernels::BackendUnavailable>(&result)) {
    throw std::runtime_error(missing->reason);
  }
  return *std::get<kernels::LoadedBackend>(result).backend;
}

/// The CUDA module, or null where there is no GPU; `reason` says why.
inline kernels::Backend* cuda_backend(std::string& reason) {
  auto const result = kernels::load_backend(kernels::BackendKind::cuda);
  if (auto const* const missing = std::get_if<kernels::BackendUnavailable>(&result)) {
    reason = missing->reason;
    return nullptr;
  }
  return std::get<kernels::LoadedBackend>(result).backend;
}

}  // namespace lauebench::test
