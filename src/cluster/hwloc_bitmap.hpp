#pragma once

#include <memory>

#include <hwloc.h>

#include "cluster/binding.hpp"

/// CPU sets as hwloc has them.
namespace lauebench {

struct FreeBitmap {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;

[[nodiscard]] inline Bitmap to_bitmap(CpuSet const& cpus) {
  Bitmap bitmap(hwloc_bitmap_alloc());
  for (int const cpu : cpus) {
    hwloc_bitmap_set(bitmap.get(), static_cast<unsigned>(cpu));
  }
  return bitmap;
}

[[nodiscard]] inline CpuSet to_cpus(hwloc_const_bitmap_t bitmap) {
  CpuSet cpus;
  for (int cpu = hwloc_bitmap_first(bitmap); cpu >= 0; cpu = hwloc_bitmap_next(bitmap, cpu)) {
    cpus.push_back(cpu);
  }
  return cpus;
}

}  // namespace lauebench
