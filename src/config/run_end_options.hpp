#pragma once

#include <string_view>

#include "config/config.hpp"
#include "config/option_table.hpp"

namespace lauebench {

/// The options of `run` that end it, or a reconstruction, before all is done.
void append_end_options(OptionTable<RunConfig>& table, std::string_view group);

}  // namespace lauebench
