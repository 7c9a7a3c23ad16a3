#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>

#include "config/error.hpp"
#include "kokkos_kernels/bench/component_case.hpp"
#include "kokkos_kernels/bench/workplace.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_copy.hpp"

namespace lauebench::kernel_bench {
namespace {

/// The descriptor is read from its beginning each time.
double copy(std::filesystem::path const& scan, posix::Descriptor const& folder, std::filesystem::path const& target) {
  posix::Descriptor const source(::open(scan.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.valid()) {
    throw io_error(fmt::format("cannot open {}", scan.string()), errno, "start again");
  }
  return seconds_of([&] { static_cast<void>(copy_replica(source, scan, {folder, target.filename(), target})); });
}

Measurement prepare(Variant const& variant, Workplace& workplace) {
  std::filesystem::path const scan = workplace.scan(variant.size).task.scan;
  auto const folder = std::make_shared<posix::Descriptor>(posix::open_folder(workplace.folder()));
  Measurement measurement;
  measurement.run = [scan, folder, target = workplace.folder() / "replica.h5"] { return copy(scan, *folder, target); };
  measurement.work.bytes = 2.0 * static_cast<double>(std::filesystem::file_size(scan));
  return measurement;
}

Registration const registration({.id = "staging_copy",
                                 .task = "a scan in the cache to a replica on disk: digest, fsync and rename included",
                                 .settings = {.sizes = component_sizes()},
                                 .prepare = prepare});

}  // namespace
}  // namespace lauebench::kernel_bench
