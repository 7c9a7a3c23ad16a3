#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/hdf5_version.hpp"
#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/backend_loader.hpp"
#include "probe/build_info.hpp"
#include "probe/library_versions.hpp"
#include "probe/reading.hpp"
#include "probe/slurm_job.hpp"

namespace lauebench {

/// A module that could be loaded, and what it says about itself.
struct ModuleFacts {
  std::filesystem::path file;
  kernels::BackendInfo info;
};

/// A kind of backend and its module, or why it cannot be used.
struct BackendFacts {
  std::string name;  ///< "openmp", "cuda"
  Reading<ModuleFacts> module;
};

/// What a launch ran in, recorded once, nodes apart.
struct Environment {
  BuildInfo build;
  std::vector<BackendFacts> backends;
  std::string mpi_library;
  Reading<std::string> mpi_io;  ///< the component that opens files
  Hdf5Version hdf5;
  Reading<std::string> cuda_driver;
  Reading<std::string> omp_proc_bind;  ///< as the backends see it
  Reading<SlurmJob> slurm;
};

/// Everything that this process can find out by itself; the backends that it loads are the caller's to fill in.
[[nodiscard]] Environment read_environment();

/// The CUDA runtime that the CUDA module among the backends was built with, or why there is none.
[[nodiscard]] Reading<std::string> cuda_runtime_version(std::vector<BackendFacts> const& backends);

/// Loads the module of a kind for a device, or says why it cannot be used.
[[nodiscard]] BackendFacts read_backend(kernels::BackendKind kind, int device = 0);

}  // namespace lauebench
