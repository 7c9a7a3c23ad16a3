#pragma once

#include "bench/records_json.hpp"
#include "kokkos_kernels/bench/measure.hpp"

namespace lauebench::kernel_bench {

/// The line of a results file about one variant, see `kernel` in configs/schema/results.schema.json.
[[nodiscard]] Json kernel_record(RecordStamp const& stamp, Benchmark const& benchmark, Variant const& variant,
                                 std::uint64_t seed, Result const& result);

/// Figures of a result by name, those that have none left out: percentiles in seconds, rates at the median.
[[nodiscard]] std::vector<std::pair<std::string, double>> figures_of(Result const& result);

}  // namespace lauebench::kernel_bench
