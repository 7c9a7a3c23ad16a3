#include "probe/environment.hpp"

#include <cstdlib>

#include "cluster/cluster_session.hpp"

namespace lauebench {

Environment read_environment() {
  Environment environment;
  environment.build = build_info();
  environment.mpi_library = mpi_library();
  environment.hdf5 = hdf5_version();
  environment.cuda_driver = cuda_driver_version();
  char const* const proc_bind = std::getenv("OMP_PROC_BIND");
  environment.omp_proc_bind = proc_bind != nullptr ? Reading<std::string>(proc_bind)
                                                   : Reading<std::string>(Unknown{"OMP_PROC_BIND is not set"});
  environment.slurm = read_slurm_job();
  return environment;
}

BackendFacts read_backend(kernels::BackendKind kind, int device) {
  kernels::BackendResult const result = kernels::load_backend(kind, device);
  BackendFacts facts{std::string(kernels::to_string(kind)), {}};
  if (auto const* loaded = std::get_if<kernels::LoadedBackend>(&result)) {
    facts.module = ModuleFacts{loaded->module, loaded->backend->info()};
  } else {
    facts.module = Unknown{std::get<kernels::BackendUnavailable>(result).reason};
  }
  return facts;
}

}  // namespace lauebench
