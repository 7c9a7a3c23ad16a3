#pragma once

/// LAUEBENCH_FUNCTION marks mathematics that host code without Kokkos, host kernels and device kernels share.
#if defined(LAUEBENCH_WITH_KOKKOS)
#include <Kokkos_Macros.hpp>
#define LAUEBENCH_FUNCTION KOKKOS_INLINE_FUNCTION
#else
#define LAUEBENCH_FUNCTION inline
#endif
