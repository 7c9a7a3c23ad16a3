#pragma once

#include "bench/ceilings.hpp"

namespace lauebench::test {

inline Ceiling ceiling_of(std::vector<CeilingSample> const& ranks) { return {1, ranks}; }

/// Two ranks of a CPU point: reading takes 1 s, writing 2 s, the kernel 6 s of a run.
inline PointCeilings sample_ceilings() {
  PointCeilings ceilings;
  ceilings.of[CeilingKind::read] =
      ceiling_of({{CeilingKind::read, 1000.0, 1.0, 1000.0}, {CeilingKind::read, 1000.0, 0.5, 1000.0}});
  ceilings.of[CeilingKind::write] =
      ceiling_of({{CeilingKind::write, 400.0, 2.0, 400.0}, {CeilingKind::write, 400.0, 1.0, 400.0}});
  ceilings.of[CeilingKind::memory] =
      ceiling_of({{CeilingKind::memory, 4800.0, 4.0, 0.0}, {CeilingKind::memory, 4800.0, 3.0, 0.0}});
  ceilings.of[CeilingKind::kernel] =
      ceiling_of({{CeilingKind::kernel, 100.0, 1.5, 400.0}, {CeilingKind::kernel, 100.0, 1.0, 400.0}});
  ceilings.of[CeilingKind::copy_to_device] = Unknown{"kernels on CPUs work in host memory"};
  ceilings.of[CeilingKind::copy_to_host] = Unknown{"kernels on CPUs work in host memory"};
  return ceilings;
}

}  // namespace lauebench::test
