#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace lauebench {

/// Memory for a stripe's frames or images, in huge pages where the kernel gives them: a tile touches thousands of image
/// rows, each in a page of its own otherwise. Contents start as zeros. Throws std::bad_alloc.
class StripeBuffer {
 public:
  StripeBuffer() = default;
  explicit StripeBuffer(std::size_t bytes);
  ~StripeBuffer();
  StripeBuffer(StripeBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  StripeBuffer& operator=(StripeBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  [[nodiscard]] std::span<std::byte> first(std::size_t bytes) const { return {data_, bytes}; }

 private:
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace lauebench
