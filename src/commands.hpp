#pragma once

#include "config/config.hpp"

/// The subcommands that one process performs alone; `run` is bench/run_benchmark.hpp. Each returns the exit status and
/// throws Error for what went wrong before it began.
namespace lauebench {

int run_reconstruct_command(ReconstructConfig const& config);
int run_generate_command(GenerateConfig const& config);
int run_info_command(InfoConfig const& config);
int run_clean_command(CleanConfig const& config);
int run_convert_command(ConvertConfig const& config);

}  // namespace lauebench
