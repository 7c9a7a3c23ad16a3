#include "kokkos_kernels/bench/kernel_case.hpp"

namespace lauebench::kernel_bench {
namespace {

Registration const registration(kernel_benchmark("kernel_conserving",
                                                 "depth resolve, differences divided by the trapezoid's area",
                                                 {.area_rule = AreaRule::conserving}));

}  // namespace
}  // namespace lauebench::kernel_bench
