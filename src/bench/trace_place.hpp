#pragma once

#include "bench/output_file.hpp"

namespace lauebench {

/// `path` as messages name it.
[[nodiscard]] OutputFile trace_file(std::filesystem::path const& path);

/// Throws Error (bad_input) unless `trace` can become or is a trace of ours, which will be replaced. Writes nothing.
void check_trace_file(OutputFile const& trace);

/// The same for `config.trace`, which must be none of the launch's other files either: not the results file nor any
/// that check_apart_from_launch names. Nothing where no trace is asked for.
void check_trace_place(RunConfig const& config);

}  // namespace lauebench
