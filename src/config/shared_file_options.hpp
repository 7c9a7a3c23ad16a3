#pragma once

#include "config/config.hpp"
#include "config/option_table.hpp"

namespace lauebench {

/// The options of `run` that say how its ranks write one file together.
void append_shared_file_options(OptionTable<RunConfig>& table);

}  // namespace lauebench
