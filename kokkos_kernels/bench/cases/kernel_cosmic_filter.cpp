#include "kokkos_kernels/bench/kernel_case.hpp"

namespace lauebench::kernel_bench {
namespace {

Registration const registration(kernel_benchmark("kernel_cosmic_filter", "depth resolve after the cosmic filter",
                                                 {.cosmic_filter = CosmicFilter::on}));

}  // namespace
}  // namespace lauebench::kernel_bench
