# Everything that the program links, and the two wrappers that keep MPI and HDF5 in their rooms. The installed package
# (lauebenchConfig.cmake) includes this file too, so that each dependency is looked for in one place.

find_package(Threads REQUIRED)
find_package(MPI REQUIRED COMPONENTS C)
set(HDF5_PREFER_PARALLEL ON)
find_package(HDF5 REQUIRED COMPONENTS C)
if(NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "HDF5 at ${HDF5_C_INCLUDE_DIRS} was built without MPI: install the parallel one "
                      "(Debian: libhdf5-openmpi-dev) or set HDF5_ROOT to it")
endif()
find_package(ZLIB REQUIRED)
find_package(Boost 1.74 REQUIRED)  # headers only: Boost.Math
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(pugixml REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
