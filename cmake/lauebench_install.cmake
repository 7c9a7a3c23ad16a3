# bin/laue-bench, its modules in lauebench/ of the folder for libraries, where the loader looks for them, share/lauebench/configs, and a package
# that find_package(lauebench) finds.
include(CMakePackageConfigHelpers)

install(TARGETS laue-bench RUNTIME)
if(TARGET laue-bench-kernels)
  install(TARGETS laue-bench-kernels RUNTIME)
endif()
get_property(rooms GLOBAL PROPERTY LAUEBENCH_ROOMS)
list(TRANSFORM rooms PREPEND lauebench_)
install(TARGETS ${rooms} lauebench_core lauebench_build_info lauebench_kernels_interface lauebench_backend_loader
                lauebench_mpi lauebench_hdf5
  EXPORT lauebenchTargets ARCHIVE)
install(DIRECTORY src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/lauebench FILES_MATCHING PATTERN *.hpp)
install(DIRECTORY kokkos_kernels DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/lauebench FILES_MATCHING PATTERN *.hpp
  PATTERN module EXCLUDE PATTERN probe_kokkos EXCLUDE PATTERN bench EXCLUDE)
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/lauebench)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/lauebench)
install(EXPORT lauebenchTargets NAMESPACE lauebench:: DESTINATION ${package_dir})
configure_package_config_file(cmake/lauebenchConfig.cmake.in ${PROJECT_BINARY_DIR}/lauebenchConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lauebenchConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lauebenchConfig.cmake ${PROJECT_BINARY_DIR}/lauebenchConfigVersion.cmake
              cmake/lauebench_dependencies.cmake
  DESTINATION ${package_dir})
