#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "bench/launch_site.hpp"

namespace lauebench {

/// What a rank tells the others, as one line of text, the form in which it travels.
[[nodiscard]] std::string to_message(SiteReport const& report);

/// The inverse of `to_message`; every value comes back as it was. Throws std::runtime_error for a text that is none.
[[nodiscard]] SiteReport site_report_from_message(std::string_view message);

/// The GPU that a rank computes on in GPU points, and back.
[[nodiscard]] std::string to_message(Reading<GpuUse> const& gpu);
[[nodiscard]] Reading<GpuUse> gpu_reading_from_message(std::string_view message);

/// One of the `nodes` in params' environment: its facts and its ranks.
[[nodiscard]] nlohmann::ordered_json node_to_json(LaunchSite const& site, int node);

}  // namespace lauebench
