#include "bench/results_place.hpp"

#include "bench/output_file.hpp"
#include "bench/results_writer.hpp"

namespace lauebench {

void check_results_place(RunConfig const& config) {
  OutputFile const results = results_file(config.results);
  check_apart_from_launch(results, config);
  if (!is_in_new_staging_folder(results, config)) {
    check_results_path(config.results);
  }
}

}  // namespace lauebench
