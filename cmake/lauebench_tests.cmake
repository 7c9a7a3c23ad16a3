# Tests mirror the tree: tests/<room>/*.cpp becomes test_<room>, with
#   mpi_*.cpp   in test_<room>_mpi, launched with 1, 2 and 4 ranks
#   slow_*.cpp  in test_<room>_slow, ctest label `slow` (run by ./bootstrap test --all)
#   gate_*.cpp  in test_<room>_perf, ctest label `perf`, alone on the machine
#   gate_mpi_*.cpp  likewise in test_<room>_mpi_perf, with 2 ranks
include(GoogleTest)
find_package(GTest REQUIRED)

# What several rooms' tests share.
file(GLOB support_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.cpp)
list(FILTER support_sources EXCLUDE REGEX "_main\\.cpp$")
add_library(lauebench_test_support STATIC ${support_sources})
target_compile_definitions(lauebench_test_support PUBLIC
  LAUEBENCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
  LAUEBENCH_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data"
  LAUEBENCH_MODULE_DIR="${PROJECT_BINARY_DIR}/lib"
  LAUEBENCH_PROGRAM="${PROJECT_BINARY_DIR}/bin/laue-bench"
  LAUEBENCH_MPIRUN="${MPIEXEC_EXECUTABLE}")
target_include_directories(lauebench_test_support PUBLIC ${PROJECT_SOURCE_DIR}/tests)
# Tests look behind the curtain: they may read JSON and HDF5 themselves.
target_link_libraries(lauebench_test_support PUBLIC lauebench_build_flags lauebench_core GTest::gmock lauebench_hdf5
  lauebench_mpi lauebench_reference Boost::headers CLI11::CLI11 ZLIB::ZLIB nlohmann_json::nlohmann_json
  pugixml::pugixml PkgConfig::hwloc PkgConfig::xxhash)

# intercept_tls_get_addr: up to GCC 13 the leak check may take a thread's storage of a loaded library for memory with a
# header of an old C library and end with "Tracer caught signal 11".
set(sanitizer_environment
  "ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:intercept_tls_get_addr=0"
  "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/leaks.supp:print_suppressions=0"
  "UBSAN_OPTIONS=print_stacktrace=1"
  "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/races.supp:halt_on_error=1")
set(test_environment
  "LAUEBENCH_MODULE_DIR=${PROJECT_BINARY_DIR}/lib"
  "OMP_PROC_BIND=false"
  "OMPI_ALLOW_RUN_AS_ROOT=1"
  "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
  "OMPI_MCA_btl_vader_single_copy_mechanism=none")
if(LAUEBENCH_SANITIZE)
  list(APPEND test_environment ${sanitizer_environment})
endif()
if(LAUEBENCH_SANITIZE MATCHES thread)
  list(APPEND test_environment "OMP_NUM_THREADS=1")
endif()

# ctest reads it before it lists and starts the tests; ./bootstrap gives the same to pytest. A test property could hold
# it too, but gtest_discover_tests takes lists apart.
set(environment_script "")
foreach(variable IN LISTS test_environment)
  string(REGEX REPLACE "^([^=]+)=(.*)$" "set(ENV{\\1} [==[\\2]==])\n" line "${variable}")
  string(APPEND environment_script "${line}")
endforeach()
file(WRITE ${PROJECT_BINARY_DIR}/tests/environment.cmake "${environment_script}")
set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${PROJECT_BINARY_DIR}/tests/environment.cmake)
list(APPEND test_environment
  LAUEBENCH_PROGRAM=${PROJECT_BINARY_DIR}/bin/laue-bench
  LAUEBENCH_MPIRUN=${MPIEXEC_EXECUTABLE}
  LAUEBENCH_TEST_TOOL=${PROJECT_BINARY_DIR}/tests/liblauebench_test_kokkos_tool.so
  LAUEBENCH_TEST_NO_ROOM=${PROJECT_BINARY_DIR}/tests/liblauebench_test_no_room.so
  LAUEBENCH_TEST_FLIP_BIT=${PROJECT_BINARY_DIR}/tests/liblauebench_test_flip_bit.so
  LAUEBENCH_TEST_COUNT_FSYNC=${PROJECT_BINARY_DIR}/tests/liblauebench_test_count_fsync.so
  LAUEBENCH_TEST_SPIN=${PROJECT_BINARY_DIR}/tests/liblauebench_test_spin.so
  LAUEBENCH_TEST_SHIFT_CLOCK=${PROJECT_BINARY_DIR}/tests/liblauebench_test_shift_clock.so
  LAUEBENCH_TEST_SLOW_IO=${PROJECT_BINARY_DIR}/tests/liblauebench_test_slow_io.so
  LAUEBENCH_TEST_FAKE_NVML=${PROJECT_BINARY_DIR}/tests/fake_nvml)
list(JOIN test_environment "\n" lines)
file(WRITE ${PROJECT_BINARY_DIR}/tests/environment "${lines}\n")

function(lauebench_test_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES")
  add_executable(${name} ${arg_SOURCES})
  if(NOT name MATCHES "_perf$")
    # Templates of gtest and matchers take most of a build; nobody times these programs.
    target_compile_options(${name} PRIVATE -O1)
  endif()
  target_link_libraries(${name} PRIVATE lauebench_test_support)
  lauebench_keep_plugins_loaded(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  get_property(modules GLOBAL PROPERTY LAUEBENCH_MODULES)
  if(modules)
    add_dependencies(${name} ${modules})
  endif()
endfunction()

# Each case is a ctest of its own, listed when ctest starts: a build never depends on tests that can run.
function(lauebench_gtest name label)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES;PROPERTIES")
  lauebench_test_program(${name} SOURCES ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE GTest::gmock_main)
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${label} TIMEOUT 600 ${arg_PROPERTIES})
endfunction()

# lauebench_mpi_test(<name> <labels> SOURCES <cpp>... RANKS <n>... [PROPERTIES <property> <value>...])
function(lauebench_mpi_test name labels)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES;RANKS;PROPERTIES")
  lauebench_test_program(${name} SOURCES ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/mpi_test_main.cpp)
  foreach(ranks IN LISTS arg_RANKS)
    add_test(NAME ${name}_n${ranks}
      COMMAND ${PROJECT_SOURCE_DIR}/tests/support/mpi_launch ${MPIEXEC_EXECUTABLE} ${ranks} $<TARGET_FILE:${name}>)
    set_tests_properties(${name}_n${ranks} PROPERTIES LABELS "${labels}" PROCESSORS ${ranks} TIMEOUT 300
      SKIP_RETURN_CODE 77 ${arg_PROPERTIES})
  endforeach()
endfunction()

# lauebench_test_room(<folder>): all test programs of tests/<folder>.
function(lauebench_test_room room)
  set(dir ${CMAKE_CURRENT_SOURCE_DIR}/${room})
  file(GLOB unit CONFIGURE_DEPENDS ${dir}/*.cpp)
  file(GLOB mpi CONFIGURE_DEPENDS ${dir}/mpi_*.cpp)
  file(GLOB slow CONFIGURE_DEPENDS ${dir}/slow_*.cpp)
  file(GLOB gates CONFIGURE_DEPENDS ${dir}/gate_*.cpp)
  file(GLOB mpi_gates CONFIGURE_DEPENDS ${dir}/gate_mpi_*.cpp)
  list(REMOVE_ITEM unit "" ${mpi} ${slow} ${gates})
  list(REMOVE_ITEM gates "" ${mpi_gates})
  if(unit)
    lauebench_gtest(test_${room} ${room} SOURCES ${unit})
  endif()
  if(mpi)
    lauebench_mpi_test(test_${room}_mpi "${room};mpi" SOURCES ${mpi} RANKS 1 2 4)
  endif()
  if(slow)
    lauebench_gtest(test_${room}_slow slow SOURCES ${slow})
  endif()
  # Ratios of sanitised or unoptimised code say nothing of the program.
  if(gates AND NOT LAUEBENCH_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    lauebench_gtest(test_${room}_perf perf SOURCES ${gates} PROPERTIES RUN_SERIAL ON)
    if(mpi_gates)
      lauebench_mpi_test(test_${room}_mpi_perf perf SOURCES ${mpi_gates} RANKS 2 PROPERTIES RUN_SERIAL ON)
    endif()
  endif()
endfunction()

# The Python tests with the mark `slow`, a ctest test for each file that has some, in the environment that ./bootstrap
# made.
function(lauebench_slow_pytests)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/test_*.py
    ${PROJECT_SOURCE_DIR}/analysis/tests/test_*.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  foreach(file IN LISTS files)
    file(STRINGS ${file} marks REGEX "mark\\.slow" LIMIT_COUNT 1)
    if(marks)
      file(RELATIVE_PATH name ${CMAKE_CURRENT_SOURCE_DIR} ${file})
      string(REPLACE ../analysis/tests analysis name ${name})
      add_test(NAME ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        COMMAND ${CMAKE_COMMAND} -E env ${test_environment} .venv/bin/python -m pytest -rs -m slow ${file})
      set_tests_properties(${name} PROPERTIES LABELS slow RUN_SERIAL ON TIMEOUT 10800)
    endif()
  endforeach()
endfunction()
