# lauebench_build_info: version, commit, compiler, flags and the version of the records' schema, as src/probe/build_info.hpp declares them. Run as a script
# (-P, at each build) it writes the commit's header, and touches it only when commit or dirtiness changed.

if(CMAKE_SCRIPT_MODE_FILE)
  set(git_sha "")
  set(git_dirty false)
  execute_process(COMMAND git -C ${SOURCE_DIR} rev-parse --show-toplevel HEAD
    OUTPUT_VARIABLE answer RESULT_VARIABLE status ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  file(REAL_PATH ${SOURCE_DIR} source_dir)
  if(status EQUAL 0 AND answer MATCHES "^(.*)\n([0-9a-f]+)$")
    # An unpacked archive inside somebody else's repository has no commit of its own.
    if(CMAKE_MATCH_1 STREQUAL source_dir)
      set(git_sha ${CMAKE_MATCH_2})
      execute_process(COMMAND git -C ${SOURCE_DIR} status --porcelain --untracked-files=no OUTPUT_VARIABLE changes)
      if(changes)
        set(git_dirty true)
      endif()
    endif()
  endif()
  configure_file(${SOURCE_DIR}/cmake/build_info_git.hpp.in ${OUTPUT} @ONLY)
  return()
endif()

set(build_info_dir ${PROJECT_BINARY_DIR}/generated)
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type_upper)
string(JOIN " " build_info_flags ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type_upper}})
if(LAUEBENCH_SANITIZE)
  string(APPEND build_info_flags " -fsanitize=${LAUEBENCH_SANITIZE}")
endif()
set(results_schema ${PROJECT_SOURCE_DIR}/configs/schema/results.schema.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${results_schema})
file(READ ${results_schema} results_schema_text)
string(JSON results_schema_version GET "${results_schema_text}" version)
configure_file(${PROJECT_SOURCE_DIR}/cmake/build_info.cpp.in ${build_info_dir}/build_info.cpp @ONLY)
add_custom_target(lauebench_git_state
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${PROJECT_SOURCE_DIR} -DOUTPUT=${build_info_dir}/build_info_git.hpp
          -P ${CMAKE_CURRENT_LIST_FILE}
  BYPRODUCTS ${build_info_dir}/build_info_git.hpp
  COMMENT "Commit of the source tree")
lauebench_library(build_info SOURCES ${build_info_dir}/build_info.cpp)
target_include_directories(lauebench_build_info PRIVATE ${build_info_dir})
add_dependencies(lauebench_build_info lauebench_git_state)
