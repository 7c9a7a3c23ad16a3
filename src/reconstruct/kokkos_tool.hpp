#pragma once

#include "config/config.hpp"

namespace lauebench {

/// Throws Error (bad_input) when a tool was asked for that cannot be loaded or is none.
void require_usable(KokkosTool const& tool);

}  // namespace lauebench
