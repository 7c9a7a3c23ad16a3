#include "config/option_tables.hpp"
#include "config/shared_options.hpp"

namespace lauebench {
namespace {

constexpr std::string_view execution_group = "Execution";

using Table = OptionTable<ReconstructConfig>;

void append_execution(Table& table) {
  table.push_back(make_option<ReconstructConfig>({.name = "threads",
                                                  .placeholder = "N",
                                                  .help = "threads of the CPU backend; 0: all cores that it may use",
                                                  .group = execution_group},
                                                 WholeNumber<int>{.minimum = 0, .maximum = max_kernel_threads},
                                                 [](auto& c) -> auto& { return c.threads; }));
  table.push_back(make_option<ReconstructConfig>({.name = "backend",
                                                  .placeholder = "auto|openmp|cuda",
                                                  .help = "where it computes; auto: a GPU where one can be used",
                                                  .group = execution_group},
                                                 WordOf<BackendChoice>{}, [](auto& c) -> auto& { return c.backend; }));
  table.push_back(make_option<ReconstructConfig>({.name = "device",
                                                  .placeholder = "N",
                                                  .help = "number of the GPU, as laue-bench info lists them",
                                                  .group = execution_group,
                                                  .audience = Audience::advanced},
                                                 WholeNumber<int>{.minimum = 0, .maximum = max_count},
                                                 [](auto& c) -> auto& { return c.device; }));
}

/// How depth images lie in files.
void append_layout(Table& table) {
  table.push_back(make_option<ReconstructConfig>(
      stored_images_text("output-layout", "per-depth|per-rank",
                         "how depth images lie in files: per-depth, each in one of its own; per-rank, all of them in "
                         "one, [depth][row][column]"),
      WordOf<OutputLayout>{}, [](auto& c) -> auto& { return c.reconstruction.output_layout; }));
  table.push_back(make_option<ReconstructConfig>(
      stored_images_text("output-compression", "none|gzip:L",
                         "HDF5 filter of depth images, level 1 to 9, with --output-layout "
                         "per-rank; a chunk is the rows of a stripe at one depth"),
      CompressionText{}, [](auto& c) -> auto& { return c.reconstruction.output_gzip_level; }));
}

Table make_table() {
  Table table;
  table.push_back(scan_option<ReconstructConfig>("wire scan, HDF5", Occurrence::once));
  table.push_back(geometry_option<ReconstructConfig>());
  table.push_back(
      make_option<ReconstructConfig>({.name = "output",
                                      .placeholder = "BASE",
                                      .help = "beginning of the depth files' paths: <BASE>0.h5, <BASE>1.h5, ..., or "
                                              "<BASE>.h5 with --output-layout per-rank",
                                      .group = output_group,
                                      .presence = Presence::required},
                                     PathText{}, [](auto& c) -> auto& { return c.output; }));
  append_reconstruction_options(table, Audience::everyday);
  append_kernel_options(table, make_option<ReconstructConfig>(
                                   precision_text("double|single", "arithmetic of the kernel"), WordOf<Precision>{},
                                   [](auto& c) -> auto& { return c.reconstruction.precision; }));
  append_layout(table);
  append_execution(table);
  table.push_back(profile_option<ReconstructConfig>());
  table.push_back(verbose_option<ReconstructConfig>());
  return table;
}

}  // namespace

OptionTable<ReconstructConfig> const& reconstruct_options() {
  static Table const table = make_table();
  return table;
}

}  // namespace lauebench
