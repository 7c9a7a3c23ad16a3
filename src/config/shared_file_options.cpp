#include "config/shared_file_options.hpp"

#include "config/shared_options.hpp"

namespace lauebench {
namespace {

/// What is larger is a mistake: stripes of parallel filesystems have some MiB, and what lies before the images is in
/// memory.
constexpr std::int64_t most_alignment_bytes = std::int64_t{64} << 20;

OptionText text(std::string_view name, std::string_view placeholder, std::string_view help) {
  return {.name = name,
          .placeholder = placeholder,
          .help = help,
          .group = output_group,
          .audience = Audience::advanced,
          .plan_role = PlanRole::changes_run};
}

OptionText with_default(OptionText option, std::string shown_default) {
  option.shown_default = std::move(shown_default);
  return option;
}

}  // namespace

void append_shared_file_options(OptionTable<RunConfig>& table) {
  table.push_back(make_option<RunConfig>(
      with_default(text("collective", "on|off",
                        "with --output-layout shared: on, ranks write each stripe together; off, each by itself"),
                   "on"),
      MaybeAbsent<WordOf<Toggle>>{}, [](auto& c) -> auto& { return c.shared_file.collective; }));
  table.push_back(make_option<RunConfig>(
      with_default(text("output-alignment", "BYTES",
                        "with --output-layout shared: images, and chunks of that size at least, begin at multiples of "
                        "it (a filesystem's block or stripe)"),
                   "1"),
      MaybeAbsent<WholeNumber<std::int64_t>>{{.minimum = 1, .maximum = most_alignment_bytes}},
      [](auto& c) -> auto& { return c.shared_file.alignment_bytes; }));
  table.push_back(make_option<RunConfig>(
      with_default(text("collective-metadata", "on|off",
                        "with --output-layout shared where HDF5 writes the images (--output-compression gzip, "
                        "--io-path hdf5): whether ranks read and write its own structures together"),
                   "on"),
      MaybeAbsent<WordOf<Toggle>>{}, [](auto& c) -> auto& { return c.shared_file.collective_metadata; }));
  OptionText hint = text("mpi-hint", "KEY=VALUE",
                         "with --output-layout shared, or --input-access through MPI-IO: a hint to MPI-IO, such as "
                         "cb_nodes=2; may be given several times. Which ones took effect is recorded");
  hint.occurrence = Occurrence::repeated;
  table.push_back(
      make_option<RunConfig>(std::move(hint), MpiHintList{}, [](auto& c) -> auto& { return c.shared_file.mpi_hints; }));
}

}  // namespace lauebench
