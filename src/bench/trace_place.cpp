#include "bench/trace_place.hpp"

#include <filesystem>
#include <system_error>

#include "bench/trace_writer.hpp"
#include "config/normal_path.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {

OutputFile trace_file(std::filesystem::path const& path) { return {path, "trace", "--trace"}; }

void check_trace_file(OutputFile const& trace) {
  check_can_be_written(trace);
  std::filesystem::path const real = real_path(trace.path);
  std::error_code unreadable;
  if (std::filesystem::exists(real, unreadable) && !is_empty_or_begins_with(real, trace_opening)) {
    throw refused(trace, "the file that is there is no trace of this program's, and would be lost");
  }
}

void check_trace_place(RunConfig const& config) {
  if (config.trace.empty()) {
    return;
  }
  OutputFile const trace = trace_file(config.trace);
  check_apart_from_launch(trace, config);
  if (real_path(config.trace) == real_path(config.results) || is_same_file(config.trace, config.results)) {
    throw refused(trace, "it is the results file");
  }
  if (!is_in_new_staging_folder(trace, config)) {
    check_trace_file(trace);
  }
}

}  // namespace lauebench
