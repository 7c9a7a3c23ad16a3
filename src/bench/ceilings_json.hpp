#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bench/ceilings.hpp"
#include "bench/point_result.hpp"
#include "bench/records_json.hpp"

namespace lauebench {

/// A rank's part of a pass as text, the form in which it travels to rank 0.
[[nodiscard]] std::string to_message(CeilingPass const& pass);

/// The inverse of `to_message`. Throws std::runtime_error for a text that is none.
[[nodiscard]] CeilingPass ceiling_pass_from_message(std::string_view message);

/// Type "ceiling": what a point could attain.
[[nodiscard]] Json ceiling_record(RecordStamp const& stamp, std::string const& staging_dir, GridPoint const& point,
                                  PointCeilings const& ceilings);

/// The summary's `ceilings`: what the point's runs made of them; empty where none were asked for.
[[nodiscard]] std::optional<Json> attained_to_json(PointResult const& result);

}  // namespace lauebench
