# What all targets share, and the function that makes a room.

# Warnings belong to the build, not to the installed package.
add_library(lauebench_build_flags INTERFACE)
target_compile_options(lauebench_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>
  # GCC 12 sees overlapping copies in std::string's operator+ that are not there (its bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
  $<$<BOOL:${LAUEBENCH_WERROR}>:-Werror>)
if(LAUEBENCH_SANITIZE)
  set(sanitize_flags -fsanitize=${LAUEBENCH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(lauebench_build_flags INTERFACE ${sanitize_flags}
    # Instrumented code hides from GCC what is initialised: it warns of std::regex's own members.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(lauebench_build_flags INTERFACE ${sanitize_flags})
endif()

# For programs that start MPI or let hwloc look around: leak reports name the libraries they come from.
function(lauebench_keep_plugins_loaded target)
  if(LAUEBENCH_SANITIZE MATCHES address)
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/keep_plugins_loaded.cpp)
  endif()
endfunction()

# MPI's C interface; the C++ one left the standard in 2012 and its headers are full of warnings.
add_library(lauebench_mpi INTERFACE)
target_compile_definitions(lauebench_mpi INTERFACE OMPI_SKIP_MPICXX=1 MPICH_SKIP_MPICXX=1)
target_link_libraries(lauebench_mpi INTERFACE MPI::MPI_C)

add_library(lauebench_hdf5 INTERFACE)
target_link_libraries(lauebench_hdf5 INTERFACE hdf5::hdf5)

# lauebench_library(<name> SOURCES <cpp>... [PUBLIC <target>...] [PRIVATE <target>...])
# A static library, or an interface library as long as it has no sources; installed and exported as lauebench::<name>.
function(lauebench_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  set(target lauebench_${name})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(visible PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:lauebench_build_flags> ${arg_PRIVATE})
    target_compile_features(${target} PUBLIC cxx_std_20)
  else()
    add_library(${target} INTERFACE)
    set(visible INTERFACE)
  endif()
  target_include_directories(${target} ${visible}
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/lauebench>)
  target_link_libraries(${target} ${visible} ${arg_PUBLIC})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  add_library(lauebench::${name} ALIAS ${target})
endfunction()

# lauebench_room(<name> [PUBLIC <target>...] [PRIVATE <target>...]): every .cpp below src/<name>. A room may use the rooms
# that were declared before it.
function(lauebench_room name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;PRIVATE")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  get_property(rooms GLOBAL PROPERTY LAUEBENCH_ROOMS)
  list(TRANSFORM rooms PREPEND lauebench_ OUTPUT_VARIABLE earlier)
  lauebench_library(${name} SOURCES ${sources}
    PUBLIC ${earlier} lauebench_kernels_interface fmt::fmt spdlog::spdlog Threads::Threads ${arg_PUBLIC}
    PRIVATE ${arg_PRIVATE})
  set_property(GLOBAL APPEND PROPERTY LAUEBENCH_ROOMS ${name})
endfunction()
