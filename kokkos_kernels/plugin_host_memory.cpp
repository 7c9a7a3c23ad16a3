#include "kokkos_kernels/plugin_host_memory.hpp"

#include <algorithm>
#include <new>

#include <sys/mman.h>

#if defined(LAUEBENCH_COMPUTE_CAPABILITY)
#include <cuda_runtime.h>
#endif

namespace lauebench::kernels {
namespace {

std::byte* map_memory(std::size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::bad_alloc();
  }
  madvise(memory, bytes, MADV_HUGEPAGE);  // a wish; small pages are right too
  return static_cast<std::byte*>(memory);
}

#if defined(LAUEBENCH_COMPUTE_CAPABILITY)

/// What was mapped is locked where it is rather than asked of the driver: huge pages are locked faster, they count as
/// resident like all memory, and what cannot be locked (a limit, a driver that refuses) is there to be used all the
/// same.
HostMemoryKind lock_pages(std::byte* data, std::size_t bytes) {
  if (cudaHostRegister(data, bytes, cudaHostRegisterPortable) == cudaSuccess) {
    return HostMemoryKind::page_locked;
  }
  static_cast<void>(cudaGetLastError());  // the next call is not to find this one's problem
  return HostMemoryKind::ordinary;
}

void unlock_pages(std::byte* data) { static_cast<void>(cudaHostUnregister(data)); }

#else

HostMemoryKind lock_pages(std::byte* /*data*/, std::size_t /*bytes*/) { return HostMemoryKind::ordinary; }

void unlock_pages(std::byte* /*data*/) {}

#endif

void free_memory(HostMemory const& memory) {
  if (memory.kind == HostMemoryKind::page_locked) {
    unlock_pages(memory.data);
  }
  munmap(memory.data, memory.bytes);
}

}  // namespace

HostMemory HostMemoryPool::take(std::size_t bytes, HostMemoryKind wanted) {
  if (bytes == 0) {
    return {};
  }
  std::scoped_lock const lock(mutex_);
  auto const same = std::ranges::find(kept_, bytes, &HostMemory::bytes);
  if (same != kept_.end()) {
    HostMemory const memory = *same;
    kept_.erase(same);
    return memory;
  }
  std::ranges::for_each(kept_, free_memory);
  kept_.clear();
  HostMemory memory{map_memory(bytes), bytes};
  if (wanted == HostMemoryKind::page_locked) {
    memory.kind = lock_pages(memory.data, bytes);
  }
  return memory;
}

void HostMemoryPool::give_back(HostMemory const& memory) noexcept {
  if (memory.data == nullptr) {
    return;
  }
  std::scoped_lock const lock(mutex_);
  if (memory.kind == HostMemoryKind::page_locked) {
    kept_.push_back(memory);
  } else {
    free_memory(memory);
  }
}

std::uint64_t HostMemoryPool::kept_bytes() const {
  std::scoped_lock const lock(mutex_);
  std::uint64_t bytes = 0;
  for (HostMemory const& memory : kept_) {
    bytes += memory.bytes;
  }
  return bytes;
}

void HostMemoryPool::free_kept() noexcept {
  std::scoped_lock const lock(mutex_);
  std::ranges::for_each(kept_, free_memory);
  kept_.clear();
}

}  // namespace lauebench::kernels
