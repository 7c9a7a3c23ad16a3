#include <cmath>
#include <cstdint>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "depth_resolve_setups.hpp"
#include "support/module.hpp"

/// Blocks of rows in memory of a device's size, on a CPU and, where there is one, on a GPU.
namespace lauebench::kernels {
namespace {

/// With the least memory, where one row is there at a time, and with more and more.
std::vector<std::uint64_t> device_limits(Backend const& backend, ReconstructionJob const& job) {
  std::uint64_t const least = backend.least_device_bytes(job, {1, 0, 1});
  return {least, least + 1, 2 * least, 3 * least + 77, 4 * least, 9 * least, 13 * least, 100 * least};
}

/// The jobs of all setups as the pixel loop takes them, one of them with the cosmic filter.
std::vector<std::pair<Beamline, ReconstructionJob>> pixel_jobs() {
  std::vector<std::pair<Beamline, ReconstructionJob>> jobs;
  for (Beamline const& setup : setups()) {
    for (WireEdge const edge : {WireEdge::leading, WireEdge::both}) {
      ReconstructionJob job = make_job(setup);
      job.wire_edge = edge;
      job.loop = KernelLoop::pixels;
      job.cosmic_filter = setup.name == "ordinary" ? CosmicFilter::on : CosmicFilter::off;
      jobs.emplace_back(setup, job);
    }
  }
  return jobs;
}

/// Against the same backend's result without a limit.
void expect_same_bits_with_any_limit(Backend& backend, Beamline const& setup, ReconstructionJob const& job) {
  auto const frames = random_frames<std::uint16_t>(job, setup.rows, 7);
  auto expected = image_memory(job, setup.rows);
  StripeReport const free = resolve_with(backend, job, 1, {3, setup.rows, frames.data(), expected.data()});
  for (std::uint64_t const limit : device_limits(backend, job)) {
    auto images = image_memory(job, setup.rows);
    Execution const execution{2, 0, limit};
    StripeReport const report =
        backend.make_reconstructor(job, execution)->resolve({3, setup.rows, frames.data(), images.data()});
    ASSERT_EQ(images, expected) << setup.name << ", " << limit << " bytes";
    EXPECT_GT(report.device_bytes, 0U);
    EXPECT_LE(report.device_bytes, limit);
    EXPECT_EQ(report.workspace_bytes, backend.workspace_bytes(job, execution, setup.rows));
    EXPECT_GT(report.copy_to_device_s, 0.0);
    EXPECT_GT(report.copy_to_host_s, 0.0);
    EXPECT_GT(report.compute_s, 0.0);
    for (std::size_t m = 0; m < report.depth_totals.size(); ++m) {
      double const sum = free.depth_totals[m];
      ASSERT_NEAR(report.depth_totals[m], sum, 1e-9 * std::abs(sum) + 1e-6) << setup.name << ", image " << m;
    }
  }
}

TEST(DepthResolveOnADevice, GivesTheSameBitsWithAnyLimit) {
  for (auto const& [setup, job] : pixel_jobs()) {
    expect_same_bits_with_any_limit(test::openmp_backend(), setup, job);
  }
}

TEST(DepthResolveOnADevice, CudaGivesTheSameBitsWithAnyLimitAndEqualsThePlainFormula) {
  std::string reason;
  Backend* const cuda = test::cuda_backend(reason);
  if (cuda == nullptr) {
    GTEST_SKIP() << "no GPU: " << reason;
  }
  for (auto const& [setup, job] : pixel_jobs()) {
    expect_same_bits_with_any_limit(*cuda, setup, job);
    auto const frames = random_frames<std::uint16_t>(job, setup.rows, 11);
    auto images = image_memory(job, setup.rows);
    static_cast<void>(resolve_with(*cuda, job, 1, {0, setup.rows, frames.data(), images.data()}));
    expect_near(as_doubles(images, job.output_type), resolve_plainly(job, setup.rows, frames), 1e-6);
  }
}

TEST(DepthResolveOnADevice, TakesStripesOfAnyHeightInAnyOrder) {
  ReconstructionJob job = make_job({.name = "", .rows = 40});
  job.loop = KernelLoop::pixels;
  std::uint64_t const least = test::openmp_backend().least_device_bytes(job, {1, 0, 1});
  auto const kernel = test::openmp_backend().make_reconstructor(job, {1, 0, 11 * least});
  for (int const rows : {2, 40, 1, 17, 40}) {
    auto const frames = random_frames<std::uint16_t>(job, rows, 7);
    auto expected = image_memory(job, rows);
    auto images = image_memory(job, rows);
    static_cast<void>(resolve_with(test::openmp_backend(), job, 1, {5, rows, frames.data(), expected.data()}));
    EXPECT_LE(kernel->resolve({5, rows, frames.data(), images.data()}).device_bytes, 11 * least);
    ASSERT_EQ(images, expected) << rows << " rows";
  }
}

TEST(DepthResolveOnADevice, LessThanARowIsBadAlloc) {
  ReconstructionJob job = make_job({.name = ""});
  job.loop = KernelLoop::pixels;
  std::uint64_t const least = test::openmp_backend().least_device_bytes(job, {1, 0, 1});
  EXPECT_THROW(static_cast<void>(test::openmp_backend().make_reconstructor(job, {1, 0, least - 1})), std::bad_alloc);
  job.loop = KernelLoop::tiles;
  EXPECT_EQ(test::openmp_backend().least_device_bytes(job, {1, 0, 1}), 0U) << "tiles work in place";
}

}  // namespace
}  // namespace lauebench::kernels
