#include "kokkos_kernels/bench/kernel_case.hpp"

namespace lauebench::kernel_bench {
namespace {

Registration const registration(kernel_benchmark("kernel_binning_4",
                                                 "depth resolve, pixels wider than the wire step: 4 x 4 binned",
                                                 {.binning = 4}));

}  // namespace
}  // namespace lauebench::kernel_bench
