#include "config/option_tables.hpp"
#include "config/shared_options.hpp"

namespace lauebench {
namespace {

OptionTable<CleanConfig> make_table() {
  OptionTable<CleanConfig> table;
  table.push_back(make_option<CleanConfig>({.name = "staging-dir",
                                            .placeholder = "DIR",
                                            .help = "staging folder of launches that have ended; the option's name "
                                                    "may be left out",
                                            .group = output_group,
                                            .presence = Presence::required,
                                            .naming = Naming::optional},
                                           PathText{}, [](auto& c) -> auto& { return c.staging_dir; }));
  table.push_back(make_option<CleanConfig>(
      {.name = "yes", .placeholder = "", .help = "remove what is listed", .group = general_group},
      Switch<Removal>{Removal::listed, Removal::done}, [](auto& c) -> auto& { return c.removal; }));
  return table;
}

}  // namespace

OptionTable<CleanConfig> const& clean_options() {
  static OptionTable<CleanConfig> const table = make_table();
  return table;
}

}  // namespace lauebench
