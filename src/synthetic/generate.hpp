#pragma once

#include <cstdint>
#include <functional>

#include "config/config.hpp"
#include "io/scan_writer.hpp"

/// `laue-bench generate`: a wire scan with known truth.
namespace lauebench {

struct GenerateProgress {
  std::int64_t done_bytes = 0;  ///< of the stack of frames, not compressed
  std::int64_t total_bytes = 0;
};

/// Called after each piece, by any of the working threads but never by two at once. May be empty.
using GenerateProgressCallback = std::function<void(GenerateProgress const&)>;

struct GeneratedScan {
  std::uint64_t file_bytes = 0;
  double wire_step_um = 0.0;
  std::int64_t saturated_values = 0;           ///< stored values equal to the largest one of an integer element type
  PreviousScan previous = PreviousScan::none;  ///< what it replaced
};

/// Version of the model: another number means that the same configuration gives other data.
inline constexpr std::int32_t generator_version = 1;

/// Writes the scan that `config` describes, with its truth, to `config.output`: complete under its name or not at all.
/// The same configuration gives the same frames whatever the number of threads. At most about 512 MiB are held at once,
/// whatever the scan's size. Throws Error: bad_input for what the user can mend (an existing file that is not a
/// generated scan is never replaced), io_error for what the system refuses.
GeneratedScan generate_scan(GenerateConfig const& config, GenerateProgressCallback const& progress = {});

}  // namespace lauebench
