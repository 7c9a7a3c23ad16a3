#pragma once

#include "config/config.hpp"
#include "config/option_table.hpp"

namespace lauebench {

/// Options of `run` about what it reads and where it writes.
void append_file_options(OptionTable<RunConfig>& table);

}  // namespace lauebench
