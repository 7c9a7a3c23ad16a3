#include "config/option_tables.hpp"
#include "config/shared_options.hpp"

namespace lauebench {

OptionTable<InfoConfig> const& info_options() {
  static OptionTable<InfoConfig> const table{make_option<InfoConfig>(
      {.name = "json", .placeholder = "", .help = "print JSON instead of text", .group = general_group},
      Switch<InfoFormat>{InfoFormat::text, InfoFormat::json}, [](auto& c) -> auto& { return c.format; })};
  return table;
}

}  // namespace lauebench
