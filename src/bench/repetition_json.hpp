#pragma once

#include "bench/point_result.hpp"
#include "bench/records_json.hpp"

namespace lauebench {

/// The members of a point's summary that say how far its runs are to be trusted as repetitions of each other, and why
/// no more were made. Reasons for those that are null go to `unavailable`.
void put_repetition(Json& summary, PointResult const& result);

}  // namespace lauebench
