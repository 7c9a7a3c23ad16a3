#include "reconstruct/process_memory.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "reconstruct/reconstruct.hpp"

namespace lauebench {
namespace {

constexpr std::size_t block_bytes = std::size_t{64} << 20U;
/// Of what else the process does meanwhile, and of the kernel's counters, which threads bring up to date now and then.
constexpr std::uint64_t noise_bytes = std::uint64_t{4} << 20U;

/// Holds memory that is resident for as long as it lives, from the kernel and back to it.
class Touched {
 public:
  Touched() : memory_(mmap(nullptr, block_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    std::memset(memory_, 1, block_bytes);
  }
  ~Touched() { munmap(memory_, block_bytes); }
  Touched(Touched const&) = delete;
  Touched& operator=(Touched const&) = delete;

 private:
  void* memory_;
};

TEST(ProcessMemory, ResidentFollowsWhatIsTouched) {
  std::uint64_t const before = resident_bytes();
  ASSERT_GT(before, std::uint64_t{1} << 20U);
  {
    Touched const block;
    EXPECT_GE(resident_bytes() + noise_bytes, before + block_bytes);
    EXPECT_LT(resident_bytes(), before + block_bytes + noise_bytes);
  }
  EXPECT_LT(resident_bytes(), before + noise_bytes);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep freed memory
TEST(ProcessMemory, FreedBlocksGoBackToTheSystem) {
  constexpr std::size_t small_bytes = 64 << 10U;  // the system gives larger ones one by one and takes them back at once
  std::vector<std::vector<char>> blocks(block_bytes / small_bytes);
  std::ranges::generate(blocks, [] { return std::vector<char>(small_bytes, 1); });
  std::uint64_t const before = resident_bytes();
  blocks.resize(1);
  std::vector<char> const keeps_the_heap_from_shrinking(small_bytes, 1);
  release_freed_memory();
  EXPECT_LT(resident_bytes(), before - block_bytes + noise_bytes);
}
#endif

TEST(ProcessMemory, PeakStaysUntilItIsReset) {
  std::uint64_t const before = resident_bytes();
  { Touched const block; }
  EXPECT_GE(peak_resident_bytes() + noise_bytes, before + block_bytes);
  bool const was_reset = reset_peak_resident();
  EXPECT_EQ(prepare_measurement(), was_reset ? PeakMemory::of_run : PeakMemory::of_process);
  if (was_reset) {  // some containers do not allow it; then the peak stands
    EXPECT_LT(peak_resident_bytes(), before + noise_bytes);
  } else {
    EXPECT_GE(peak_resident_bytes() + noise_bytes, before + block_bytes);
  }
}

}  // namespace
}  // namespace lauebench
