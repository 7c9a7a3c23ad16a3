#include "reconstruct/stripe_buffer.hpp"

#include <new>

#include <sys/mman.h>

namespace lauebench {

StripeBuffer::StripeBuffer(std::size_t bytes) : bytes_(bytes) {
  if (bytes == 0) {
    return;
  }
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::bad_alloc();
  }
  madvise(memory, bytes, MADV_HUGEPAGE);  // a wish; small pages are right too
  data_ = static_cast<std::byte*>(memory);
}

StripeBuffer::~StripeBuffer() {
  if (data_ != nullptr) {
    munmap(data_, bytes_);
  }
}

}  // namespace lauebench
