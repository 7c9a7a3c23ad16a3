#pragma once

#include "bench/records_json.hpp"
#include "staging/replicas.hpp"

namespace lauebench {

/// The record of a staging folder made ready.
[[nodiscard]] Json staging_record(RecordStamp const& stamp, StagedTarget const& target);

}  // namespace lauebench
