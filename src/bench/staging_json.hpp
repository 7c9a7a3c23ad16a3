#pragma once

#include <string>

#include "bench/records_json.hpp"
#include "staging/file_lock.hpp"
#include "staging/replicas.hpp"

namespace lauebench {

/// The record of a staging folder made ready.
[[nodiscard]] Json staging_record(RecordStamp const& stamp, std::string const& staging_dir, StagedTarget const& target,
                                  LockState lock);

}  // namespace lauebench
