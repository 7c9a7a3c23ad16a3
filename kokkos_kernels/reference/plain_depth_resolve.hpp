#pragma once

#include "kokkos_kernels/backend.hpp"

namespace lauebench::kernels {

/// The formula of the specification written down plainly: four depth evaluations per pixel and step, one thread, double
/// throughout. The oracle of the tests and the yardstick of the performance gates; compiled for x86-64 without tuning.
/// Takes what DepthReconstructor::resolve takes.
void plain_depth_resolve(ReconstructionJob const& job, Stripe const& stripe);

}  // namespace lauebench::kernels
