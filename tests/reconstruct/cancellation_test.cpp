#include "config/cancellation.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "reconstruct/reconstruct.hpp"
#include "support/generated_scan.hpp"
#include "support/module.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::GeneratedScan;
using test::openmp_backend;

/// In stripes of one block of the kernel each, and with as many depth images as frames.
GeneratedScan small_scan() {
  GenerateConfig config;
  config.rows = 64;
  config.columns = 48;
  config.images = 20;
  ReconstructionParameters parameters;
  parameters.depth_range = {0.0, 20.0};
  parameters.rows_per_stripe = 16;
  return {config, parameters};
}

/// Due from the time on that it has been asked so often.
struct Asked {
  std::shared_ptr<std::atomic<int>> times = std::make_shared<std::atomic<int>>(0);

  [[nodiscard]] Cancellation due_after(int most) const {
    return Cancellation([times = times, most]() -> std::optional<Error> {
      if ((*times)++ < most) {
        return std::nullopt;
      }
      return Error(ReturnCode::cancelled, "cancelled (for the test): do nothing");
    });
  }
};

class CancelledReconstruction : public testing::Test {
 protected:
  RankOutcome outcome_of(Cancellation cancellation) {
    ReconstructionTask task = scan_.task();
    task.output_base = folder_ / "out";
    task.sync = Sync::fsync;
    task.cancellation = std::move(cancellation);
    return reconstruct(task, openmp_backend());
  }

  [[nodiscard]] bool is_empty() const { return std::filesystem::is_empty(folder_.path()); }

  GeneratedScan scan_ = small_scan();
  test::TemporaryFolder folder_;
};

TEST_F(CancelledReconstruction, EndsWhereverItIsAndLeavesNothing) {
  Asked const all;
  ASSERT_EQ(outcome_of(all.due_after(1'000'000)).code, ReturnCode::ok);
  int const questions = *all.times;
  // 4 stripes of 20 frames, a block of the kernel and 21 files, each of which is synced
  EXPECT_GT(questions, 4 * (20 + 1 + 21) + 21);
  for (auto const& entry : std::filesystem::directory_iterator(folder_.path())) {
    std::filesystem::remove(entry.path());
  }
  for (int most = 0; most < questions; most += 7) {
    RankOutcome const outcome = outcome_of(Asked().due_after(most));
    EXPECT_EQ(outcome.code, ReturnCode::cancelled) << most;
    EXPECT_EQ(outcome.error, "cancelled (for the test): do nothing");
    EXPECT_EQ(outcome.io.files_written, 0U);
    EXPECT_TRUE(is_empty()) << most;
  }
}

TEST_F(CancelledReconstruction, EndsBetweenTwoFilesThatAreSynced) {
  Asked const all;
  ASSERT_EQ(outcome_of(all.due_after(1'000'000)).code, ReturnCode::ok);
  EXPECT_EQ(outcome_of(Asked().due_after(*all.times - 1)).code, ReturnCode::cancelled) << "the last is that of a sync";
}

TEST_F(CancelledReconstruction, NextOneIsAsEver) {
  EXPECT_EQ(outcome_of(Asked().due_after(60)).code, ReturnCode::cancelled);
  RankOutcome const outcome = outcome_of({});
  EXPECT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
  EXPECT_EQ(outcome.io.files_written, 21U);
}

TEST(CancelledKernel, LeavesTheOtherBlocksAlone) {
  GeneratedScan const scan = small_scan();
  test::LoadedScan loaded = scan.load();
  std::fill(loaded.images.begin(), loaded.images.end(), std::byte{0x5a});
  std::function<bool()> const at_once = [] { return true; };
  kernels::Stripe stripe = loaded.stripe();
  stripe.cancelled = &at_once;
  static_cast<void>(openmp_backend().make_reconstructor(loaded.job, scan.task().execution)->resolve(stripe));
  EXPECT_TRUE(std::ranges::all_of(loaded.images, [](std::byte byte) { return byte == std::byte{0x5a}; }));
}

}  // namespace
}  // namespace lauebench
