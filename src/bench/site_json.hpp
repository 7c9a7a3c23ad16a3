#pragma once

#include <string>
#include <string_view>

#include "bench/launch_site.hpp"

namespace lauebench {

/// What a rank tells the others, as one line of text, the form in which it travels.
[[nodiscard]] std::string to_message(SiteReport const& report);

/// The inverse of `to_message`; every value comes back as it was. Throws std::runtime_error for a text that is none.
[[nodiscard]] SiteReport site_report_from_message(std::string_view message);

}  // namespace lauebench
