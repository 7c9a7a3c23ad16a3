#pragma once

#include <cstdint>
#include <string>

namespace lauebench {

enum class Hdf5Build : std::uint8_t { serial, parallel };

struct Hdf5Version {
  std::string version;                  ///< of the library in use, "1.10.8"
  Hdf5Build build = Hdf5Build::serial;  ///< parallel: built with MPI
};

[[nodiscard]] Hdf5Version hdf5_version();

}  // namespace lauebench
