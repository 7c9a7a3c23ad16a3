#include "io/depth_image_digest.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <fmt/format.h>
#include <xxhash.h>

#include "cluster/helper_threads.hpp"
#include "io/depth_image_reader.hpp"

namespace lauebench {
namespace {

/// Rows are read together up to this size, which stays in a core's own cache until they are hashed.
constexpr std::uint64_t piece_bytes = std::uint64_t{1} << 19U;

/// An unsigned number of 128 bits.
class Sum {
 public:
  void add(std::uint64_t high, std::uint64_t low) {
    low_ += low;
    high_ += high + (low_ < low ? 1 : 0);
  }
  void add(Sum const& other) { add(other.high_, other.low_); }

  [[nodiscard]] std::string hex() const { return fmt::format("{:016x}{:016x}", high_, low_); }

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

/// What one thread has of the digest.
class Worker {
 public:
  explicit Worker(DepthImageReader const& images) : images_(images) {}

  void add_image(std::int64_t image) {
    auto const opened = images_.open(image);
    DepthImageShape const& shape = images_.shape();
    auto const image_rows = static_cast<std::uint64_t>(shape.rows);
    std::uint64_t const most = std::max<std::uint64_t>(1, piece_bytes / shape.row_bytes());
    for (std::uint64_t row = 0; row < image_rows; row += most) {
      rows_.resize(std::min(most, image_rows - row) * shape.row_bytes());
      opened->read(row * shape.row_bytes(), rows_);
      add_rows(static_cast<std::uint64_t>(image) * image_rows + row);
    }
  }

  [[nodiscard]] Sum const& sum() const { return sum_; }

 private:
  void add_rows(std::uint64_t seed) {
    std::uint64_t const row_bytes = images_.shape().row_bytes();
    for (std::size_t begin = 0; begin < rows_.size(); begin += row_bytes) {
      XXH128_hash_t const hash = XXH3_128bits_withSeed(&rows_[begin], row_bytes, seed++);
      sum_.add(hash.high64, hash.low64);
    }
  }

  DepthImageReader const& images_;
  std::vector<std::byte> rows_;
  Sum sum_;
};

}  // namespace

std::string digest_of(StoredDepthImages const& images, int threads, Cancellation const& cancellation) {
  auto const reader = open_depth_images(images);
  std::vector<Worker> workers(static_cast<std::size_t>(std::clamp(threads, 1, images.count)), Worker(*reader));
  share_out(workers.size(), images.count, [&](std::size_t thread, std::int64_t image) {
    cancellation.throw_if_due();
    workers[thread].add_image(image);
  });
  Sum sum;
  for (Worker const& worker : workers) {
    sum.add(worker.sum());
  }
  return sum.hex();
}

}  // namespace lauebench
