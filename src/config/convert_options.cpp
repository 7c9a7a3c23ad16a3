#include "config/option_tables.hpp"
#include "config/shared_options.hpp"

namespace lauebench {
namespace {

using Table = OptionTable<ConvertConfig>;

void append_files(Table& table) {
  table.push_back(make_option<ConvertConfig>({.name = "input",
                                              .placeholder = "BASE",
                                              .help = "beginning of the paths of depth images: <BASE>0.h5, <BASE>1.h5, "
                                                      "..., or <BASE>.h5",
                                              .group = output_group,
                                              .presence = Presence::required},
                                             PathText{}, [](auto& c) -> auto& { return c.input; }));
  table.push_back(make_option<ConvertConfig>({.name = "input-layout",
                                              .placeholder = "per-depth|per-rank|shared",
                                              .help = "which of them these are",
                                              .group = output_group,
                                              .audience = Audience::advanced,
                                              .shown_default = "that of the files that are there"},
                                             MaybeAbsent<WordOf<OutputLayout>>{},
                                             [](auto& c) -> auto& { return c.input_layout; }));
  table.push_back(make_option<ConvertConfig>({.name = "rank",
                                              .placeholder = "N",
                                              .help = "rank of the run whose images of a shared file are meant",
                                              .group = output_group,
                                              .audience = Audience::advanced,
                                              .shown_default = "0"},
                                             MaybeAbsent<WholeNumber<int>>{{.minimum = 0, .maximum = max_count}},
                                             [](auto& c) -> auto& { return c.rank; }));
  table.push_back(make_option<ConvertConfig>({.name = "output",
                                              .placeholder = "BASE",
                                              .help = "likewise, of what is written",
                                              .group = output_group,
                                              .presence = Presence::required},
                                             PathText{}, [](auto& c) -> auto& { return c.output; }));
  table.push_back(make_option<ConvertConfig>(
      {.name = "output-layout",
       .placeholder = "per-depth|per-rank|shared",
       .help = "per-depth, each image in a file of its own; per-rank, all in one file, [depth][row][column]; shared, "
               "in a file as of a run with one rank, [rank][depth][row][column]",
       .group = output_group,
       .presence = Presence::required},
      MaybeAbsent<WordOf<OutputLayout>>{}, [](auto& c) -> auto& { return c.output_layout; }));
  table.push_back(make_option<ConvertConfig>({.name = "output-compression",
                                              .placeholder = "none|gzip:L",
                                              .help = "HDF5 filter, level 1 to 9, not with --output-layout per-depth",
                                              .group = output_group},
                                             CompressionText{}, [](auto& c) -> auto& { return c.output_gzip_level; }));
}

Table make_table() {
  Table table;
  append_files(table);
  table.push_back(make_option<ConvertConfig>({.name = "threads",
                                              .placeholder = "N",
                                              .help = "threads that compress and decompress; 0: all cores that it may "
                                                      "use",
                                              .group = general_group},
                                             WholeNumber<int>{.minimum = 0, .maximum = max_kernel_threads},
                                             [](auto& c) -> auto& { return c.threads; }));
  table.push_back(verbose_option<ConvertConfig>());
  return table;
}

}  // namespace

OptionTable<ConvertConfig> const& convert_options() {
  static Table const table = make_table();
  return table;
}

}  // namespace lauebench
