#pragma once

#include "config/config.hpp"

/// What single values cannot show: options that are missing and options that do not go together. No I/O. All throw
/// Error (bad_input).
namespace lauebench {

void validate(RunConfig const& config);
void validate(ReconstructConfig const& config);
void validate(InfoConfig const& config);
void validate(CleanConfig const& config);
void validate(ConvertConfig const& config);
void validate(GenerateConfig const& config);

/// Fills in what follows from the other options where it was not given, so that it is shown and recorded.
void complete(RunConfig& config);

}  // namespace lauebench
