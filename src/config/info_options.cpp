#include "config/option_tables.hpp"
#include "config/shared_options.hpp"

namespace lauebench {

OptionTable<InfoConfig> const& info_options() {
  static OptionTable<InfoConfig> const table{
      make_option<InfoConfig>(
          {.name = "json", .placeholder = "", .help = "print JSON instead of text", .group = general_group},
          Switch<bool>{false, true}, [](auto& c) -> auto& { return c.json; }),
      verbose_option<InfoConfig>()};
  return table;
}

}  // namespace lauebench
