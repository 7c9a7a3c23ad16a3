#include <filesystem>

#include "io/geometry_reader.hpp"
#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

Measurement prepare(Variant const& /*variant*/, Workplace& /*workplace*/) {
  std::filesystem::path const file = geometry_file();
  Measurement measurement;
  measurement.run = [file] { return seconds_of([&file] { static_cast<void>(read_geometry(file, 0)); }); };
  measurement.work.bytes = static_cast<double>(std::filesystem::file_size(file));
  return measurement;
}

Registration const registration({.id = "geometry_parsing",
                                 .task = "one detector and the wire from a geometry file in the cache",
                                 .settings = {.iterations = 200, .sizes = no_size()},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
