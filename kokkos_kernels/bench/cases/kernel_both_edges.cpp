#include "kokkos_kernels/bench/kernel_case.hpp"

namespace lauebench::kernel_bench {
namespace {

Registration const registration(kernel_benchmark("kernel_both_edges",
                                                 "depth resolve, leading and trailing edge of the wire added",
                                                 {.wire_edge = WireEdge::both}));

}  // namespace
}  // namespace lauebench::kernel_bench
