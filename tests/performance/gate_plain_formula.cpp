#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/monotonic_clock.hpp"
#include "config/depth_grid.hpp"
#include "io/depth_files.hpp"
#include "io/scan_reader.hpp"
#include "kokkos_kernels/cutoff.hpp"
#include "kokkos_kernels/reference/plain_depth_resolve.hpp"
#include "reconstruct/reconstruct.hpp"
#include "reconstruct/reconstruction_setup.hpp"
#include "support/module.hpp"
#include "support/plain_depth_files.hpp"
#include "support/temporary_folder.hpp"
#include "synthetic/generate.hpp"

/// Against the plain formula, side by side in one run, one thread: 256 x 256 pixels, 201 stored frames, 101 depth
/// images.
namespace lauebench {
namespace {

double seconds_of(std::function<void()> const& action) {
  double const start = monotonic_s();
  action();
  return monotonic_s() - start;
}

/// Medians of five alternating runs: drift of the machine meets both sides.
struct SideBySide {
  double plain_s = 0.0;
  double ours_s = 0.0;

  [[nodiscard]] double ratio() const { return plain_s / ours_s; }
};

SideBySide measure(std::function<void()> const& plain, std::function<void()> const& ours) {
  std::vector<double> plain_s;
  std::vector<double> ours_s;
  ours();  // pages and code are warm for both
  for (int i = 0; i < 5; ++i) {
    plain_s.push_back(seconds_of(plain));
    ours_s.push_back(seconds_of(ours));
  }
  std::ranges::sort(plain_s);
  std::ranges::sort(ours_s);
  return {plain_s[2], ours_s[2]};
}

class AgainstPlainFormula : public testing::Test {
 protected:
  void SetUp() override {
    GenerateConfig generate;
    generate.output = folder_ / "scan.h5";
    generate.geometry = geometry_;
    generate.images = 200;
    static_cast<void>(generate_scan(generate));
    task_.scan = generate.output;
    task_.geometry = geometry_;
    task_.output_base = folder_ / "ours";
    task_.parameters.depth_range = {0.0, 100.0};
    task_.memory_limit_bytes = std::uint64_t{4} << 30U;
  }

  /// The scan, read whole, and the job for it.
  struct Loaded {
    kernels::ReconstructionJob job;
    int rows = 0;
    std::vector<std::byte> frames;
    std::vector<std::byte> images;
  };

  [[nodiscard]] Loaded load() const {
    ScanReader scan(task_.scan);
    ScanInfo const& info = scan.info();
    Loaded loaded{make_job(task_, info), info.rows, {}, {}};
    auto const images = static_cast<std::size_t>(info.images());
    loaded.frames.resize(images * static_cast<std::size_t>(info.image_bytes()));
    scan.read_rows(0, info.rows, loaded.frames);
    auto const pixels = static_cast<std::size_t>(info.rows) * static_cast<std::size_t>(info.columns);
    loaded.images.resize(pixels * static_cast<std::size_t>(loaded.job.depths.count) *
                         size_bytes(loaded.job.output_type));
    loaded.job.cutoff = kernels::brightness_cutoff(loaded.frames.data(), loaded.job.input_type, pixels, 100.0);
    return loaded;
  }

  std::filesystem::path const geometry_ = std::filesystem::path(LAUEBENCH_SOURCE_DIR) / "configs/geometry_34ide.xml";
  test::TemporaryFolder const folder_;
  ReconstructionTask task_;
};

// 4: half of what the row-lane form reaches on one core, so that a noisy machine does not fail it and the loss of an
// idea of the kernel does.
TEST_F(AgainstPlainFormula, KernelIsFourTimesFaster) {
  Loaded loaded = load();
  kernels::Stripe const stripe{0, loaded.rows, loaded.frames.data(), loaded.images.data()};
  auto const kernel = test::openmp_backend().make_reconstructor(loaded.job, {1, 0});
  SideBySide const result = measure([&] { kernels::plain_depth_resolve(loaded.job, stripe); },
                                    [&] { static_cast<void>(kernel->resolve(stripe)); });
  double const pixel_steps =
      static_cast<double>(loaded.rows) * loaded.job.columns * static_cast<double>(loaded.job.geometry.wire.size());
  std::printf("kernel: plain %.1f, ours %.1f million pixel-steps/s, ratio %.2f\n", 1e-6 * pixel_steps / result.plain_s,
              1e-6 * pixel_steps / result.ours_s, result.ratio());
  EXPECT_GE(result.ratio(), 4.0);
}

// 2.5: reading and writing are the same bytes on both sides and hide part of the kernel's gain.
TEST_F(AgainstPlainFormula, ReconstructionIsTwoAndAHalfTimesFaster) {
  SideBySide const result = measure(
      [&] {
        Loaded loaded = load();
        kernels::plain_depth_resolve(loaded.job, {0, loaded.rows, loaded.frames.data(), loaded.images.data()});
        test::write_plain_depth_files(folder_ / "plain", loaded.job.depths, loaded.rows, loaded.job.columns,
                                      loaded.job.output_type, loaded.images);
      },
      [&] {
        RankOutcome const outcome = reconstruct(task_, test::openmp_backend());
        ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
      });
  std::printf("reconstruction: plain %.3f s, ours %.3f s, ratio %.2f\n", result.plain_s, result.ours_s, result.ratio());
  EXPECT_GE(result.ratio(), 2.5);
}

}  // namespace
}  // namespace lauebench
