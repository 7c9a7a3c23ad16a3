#include "probe/environment.hpp"

#include <algorithm>
#include <cstdlib>

#include "cluster/cluster_session.hpp"
#include "cluster/mpi_io.hpp"

namespace lauebench {

Environment read_environment() {
  Environment environment;
  environment.build = build_info();
  environment.mpi_library = mpi_library();
  MpiIo const io = mpi_io();
  environment.mpi_io =
      io.component.empty() ? Reading<std::string>(Unknown{io.unknown_because}) : Reading<std::string>(io.component);
  environment.hdf5 = hdf5_version();
  environment.cuda_driver = cuda_driver_version();
  char const* const proc_bind = std::getenv("OMP_PROC_BIND");
  environment.omp_proc_bind = proc_bind != nullptr ? Reading<std::string>(proc_bind)
                                                   : Reading<std::string>(Unknown{"OMP_PROC_BIND is not set"});
  environment.slurm = read_slurm_job();
  return environment;
}

Reading<std::string> cuda_runtime_version(std::vector<BackendFacts> const& backends) {
  auto const cuda = std::ranges::find(backends, "cuda", &BackendFacts::name);
  if (cuda == backends.end()) {
    return Unknown{"the CUDA module was not asked for: the grid has no GPU points"};
  }
  if (auto const* const unknown = std::get_if<Unknown>(&cuda->module)) {
    return *unknown;
  }
  auto const& runtime = std::get<ModuleFacts>(cuda->module).info.cuda_runtime;
  return runtime.empty() ? Reading<std::string>(Unknown{"the CUDA module does not tell"})
                         : Reading<std::string>(runtime);
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
