#include "reconstruct/resident_kernel.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "support/generated_scan.hpp"
#include "support/module.hpp"

namespace lauebench {
namespace {

using test::GeneratedScan;
using test::LoadedScan;
using test::openmp_backend;

constexpr int rows = 64;

GeneratedScan small_scan(std::optional<int> rows_per_stripe = {}) {
  GenerateConfig config;
  config.rows = rows;
  config.columns = 48;
  config.images = 40;
  ReconstructionParameters parameters;
  parameters.depth_range = config.depth_range;
  parameters.rows_per_stripe = rows_per_stripe;
  return {config, parameters};
}

double sum_of(std::vector<double> const& totals) { return std::accumulate(totals.begin(), totals.end(), 0.0); }

TEST(ResidentKernel, ResolvesTheWholeScanWhereItFits) {
  GeneratedScan const scan = small_scan();
  LoadedScan loaded = scan.load();
  ReconstructionTask task = scan.task();
  ResidentKernel kernel(task, openmp_backend());
  EXPECT_EQ(kernel.pixel_steps(), 64.0 * 48.0 * 40.0);
  EXPECT_EQ(kernel.pixel_steps(), kernel.scan_pixel_steps());
  EXPECT_EQ(kernel.frame_bytes(), static_cast<double>(loaded.frames.size()));
  EXPECT_EQ(kernel.image_bytes(), static_cast<double>(loaded.images.size()));

  kernels::StripeReport const expected =
      openmp_backend().make_reconstructor(loaded.job, task.execution)->resolve(loaded.stripe());
  ASSERT_GT(sum_of(expected.depth_totals), 0.0);
  EXPECT_EQ(kernel.resolve().depth_totals, expected.depth_totals) << "the same frames with the same cutoff";
  EXPECT_EQ(kernel.resolve().depth_totals, expected.depth_totals) << "as often as one likes";
}

TEST(ResidentKernel, EndsWhenItIsCancelled) {
  GeneratedScan const scan = small_scan();
  ReconstructionTask task = scan.task();
  bool is_due = false;
  task.cancellation = Cancellation([&is_due] {
    return is_due ? std::optional(Error(ReturnCode::cancelled, "enough", "it is due", "go on")) : std::nullopt;
  });
  ResidentKernel kernel(task, openmp_backend());
  static_cast<void>(kernel.resolve());
  is_due = true;
  EXPECT_THROW(static_cast<void>(kernel.resolve()), Error);
  EXPECT_THROW(ResidentKernel(task, openmp_backend()), Error);
}

TEST(ResidentKernel, TakesAStripeFromTheMiddleWhereTheScanIsTooTall) {
  constexpr int height = 16;
  GeneratedScan const scan = small_scan(height);
  LoadedScan loaded = scan.load();
  ResidentKernel kernel(scan.task(), openmp_backend());
  EXPECT_EQ(kernel.pixel_steps() / kernel.scan_pixel_steps(), static_cast<double>(height) / rows);

  // the same rows of the whole scan's images
  static_cast<void>(openmp_backend().make_reconstructor(loaded.job, {1, 0})->resolve(loaded.stripe()));
  auto const* const pixels = reinterpret_cast<std::uint16_t const*>(loaded.images.data());
  std::size_t const image_pixels = std::size_t{rows} * 48;
  double expected = 0.0;
  for (std::size_t m = 0; m < loaded.images.size() / sizeof(std::uint16_t) / image_pixels; ++m) {
    std::size_t const begin = m * image_pixels + std::size_t{(rows - height) / 2} * 48;
    expected += std::accumulate(pixels + begin, pixels + begin + std::size_t{height} * 48, 0.0);
  }
  ASSERT_GT(expected, 0.0);
  EXPECT_DOUBLE_EQ(sum_of(kernel.resolve().depth_totals), expected);
}

}  // namespace
}  // namespace lauebench
