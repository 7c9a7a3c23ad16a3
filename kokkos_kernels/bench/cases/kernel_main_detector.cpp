#include "kokkos_kernels/bench/kernel_case.hpp"

namespace lauebench::kernel_bench {
namespace {

Registration const registration(kernel_benchmark("kernel_main_detector",
                                                 "depth resolve, main detector, leading edge: the ordinary case", {}));

}  // namespace
}  // namespace lauebench::kernel_bench
