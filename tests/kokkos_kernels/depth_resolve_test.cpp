#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <numeric>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kokkos_kernels/element_access.hpp"
#include "kokkos_kernels/reference/plain_depth_resolve.hpp"
#include "support/module.hpp"

namespace lauebench::kernels {
namespace {

/// A detector above the sample, lengths in um: `per_column_z` moves the depth from column to column, `per_row_z` from
/// row to row.
struct Beamline {
  std::string name;
  double per_column_z = 160.0;
  double per_row_z = 0.1;
  double step_um = 0.7;
  double depth_start_um = 0.0;
  double resolution_um = 1.0;
  int depths = 41;
  int images = 60;
  int rows = 19;
  int columns = 35;
  double wire_height_um = 370.0;
};

std::vector<Beamline> setups() {
  return {
      {.name = "ordinary"},
      {.name = "pixels_wider_than_the_step", .per_column_z = 900.0, .step_um = 0.3},
      {.name = "pixels_about_as_wide_as_the_step", .per_column_z = 700.0, .per_row_z = 90.0},
      {.name = "rows_apart", .per_row_z = 400.0},
      {.name = "columns_reversed", .per_column_z = -160.0},
      {.name = "columns_alike", .per_column_z = 0.0},
      {.name = "fine_bins", .depth_start_um = 5.0, .resolution_um = 0.07, .depths = 300},
      {.name = "one_bin", .depth_start_um = 20.0, .resolution_um = 3.0, .depths = 1},
      {.name = "two_coarse_bins", .depth_start_um = 10.0, .resolution_um = 15.0, .depths = 2},
      {.name = "range_within_one_step", .step_um = 12.0, .depth_start_um = 100.0, .resolution_um = 0.5, .depths = 6},
      {.name = "wire_moving_back", .step_um = -0.7, .depth_start_um = -60.0, .depths = 80},
      {.name = "in_the_shadow_cone", .per_row_z = 3000.0, .step_um = 3.0, .wire_height_um = 509960.0},
      {.name = "few_images", .images = 4, .rows = 1, .columns = 1}};
}

ReconstructionJob make_job(Beamline const& setup) {
  ReconstructionJob job;
  job.geometry.pixels = {{0.0, 510000.0, -3000.0}, {-200.0, 0.3, setup.per_row_z}, {0.2, 2.0, setup.per_column_z}};
  job.geometry.wire_radius_um = 50.0;
  job.geometry.beam = {0.0, 0.002, std::sqrt(1.0 - 0.002 * 0.002)};
  for (int k = 0; k < setup.images; ++k) {
    job.geometry.wire.push_back({setup.wire_height_um, -55.0 + k * setup.step_um});
  }
  job.depths = {setup.depth_start_um, setup.resolution_um, setup.depths};
  job.columns = setup.columns;
  job.input_type = ElementType::uint16;
  job.output_type = ElementType::float64;
  return job;
}

template <class T>
std::vector<std::byte> random_frames(ReconstructionJob const& job, int rows, unsigned seed) {
  std::size_t const count =
      job.geometry.wire.size() * static_cast<std::size_t>(rows) * static_cast<std::size_t>(job.columns);
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(count * sizeof(T));
  for (std::size_t i = 0; i < count; ++i) {
    T const value = static_cast<T>(random() % 5 == 0 ? 0 : random() % 100);
    std::memcpy(&bytes[i * sizeof(T)], &value, sizeof(T));
  }
  return bytes;
}

std::vector<std::byte> image_memory(ReconstructionJob const& job, int rows) {
  auto const voxels = static_cast<std::size_t>(job.depths.count) * static_cast<std::size_t>(rows) *
                      static_cast<std::size_t>(job.columns);
  return std::vector<std::byte>(voxels * size_bytes(job.output_type), std::byte{0x5a});
}

std::vector<double> as_doubles(std::vector<std::byte> const& bytes, ElementType type) {
  std::vector<double> values(bytes.size() / size_bytes(type));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = load_element(bytes.data(), type, i);
  }
  return values;
}

std::vector<double> resolve_plainly(ReconstructionJob const& job, int rows, std::vector<std::byte> const& frames) {
  auto images = image_memory(job, rows);
  plain_depth_resolve(job, {0, rows, frames.data(), images.data()});
  return as_doubles(images, job.output_type);
}

StripeReport resolve_with(Backend& backend, ReconstructionJob const& job, int threads, Stripe const& stripe) {
  return backend.make_reconstructor(job, {threads, 0})->resolve(stripe);
}

/// Rounding grows with the weights that are summed: a difference of up to 100 counts over an area of less than a
/// hundredth of a bin.
void expect_near(std::vector<double> const& values, std::vector<double> const& expected, double tolerance) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], expected[i], tolerance) << "element " << i;
  }
}

using Case = std::tuple<Beamline, WireEdge, AreaRule, KernelLoop>;

std::string case_name(testing::TestParamInfo<Case> const& info) {
  auto const& [setup, edge, rule, loop] = info.param;
  std::string const edge_word = edge == WireEdge::both ? "both" : edge == WireEdge::leading ? "leading" : "trailing";
  return setup.name + "_" + edge_word + (rule == AreaRule::peer ? "_peer" : "_conserving") +
         (loop == KernelLoop::tiles ? "_tiles" : "_pixels");
}

class DepthResolve : public testing::TestWithParam<Case> {};

TEST_P(DepthResolve, EqualsThePlainFormula) {
  auto const& [setup, edge, rule, loop] = GetParam();
  ReconstructionJob job = make_job(setup);
  job.wire_edge = edge;
  job.area_rule = rule;
  job.loop = loop;
  auto const frames = random_frames<std::uint16_t>(job, setup.rows, 11);
  auto const expected = resolve_plainly(job, setup.rows, frames);
  auto images = image_memory(job, setup.rows);
  StripeReport const report =
      resolve_with(test::openmp_backend(), job, 2, {0, setup.rows, frames.data(), images.data()});
  auto const values = as_doubles(images, job.output_type);
  expect_near(values, expected, 1e-7);

  std::size_t const image = values.size() / static_cast<std::size_t>(setup.depths);
  for (std::size_t m = 0; m < report.depth_totals.size(); ++m) {
    double const sum = std::accumulate(&values[m * image], &values[m * image] + image, 0.0);
    EXPECT_NEAR(report.depth_totals[m], sum, 1e-9 * std::abs(sum) + 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Setups, DepthResolve,
                         testing::Combine(testing::ValuesIn(setups()),
                                          testing::Values(WireEdge::leading, WireEdge::trailing, WireEdge::both),
                                          testing::Values(AreaRule::peer, AreaRule::conserving),
                                          testing::Values(KernelLoop::tiles, KernelLoop::pixels)),
                         case_name);

TEST(DepthResolveSetups, SeeSomething) {
  for (Beamline const& setup : setups()) {
    if (setup.name == "few_images") {
      continue;
    }
    double sum = 0.0;
    for (WireEdge const edge : {WireEdge::leading, WireEdge::trailing}) {
      ReconstructionJob job = make_job(setup);
      job.wire_edge = edge;
      auto const frames = random_frames<std::uint16_t>(job, setup.rows, 11);
      for (double const value : resolve_plainly(job, setup.rows, frames)) {
        sum += std::abs(value);
      }
    }
    // a wire that moves back makes every area negative: all differences are skipped
    EXPECT_EQ(sum > 0.0, setup.name != "wire_moving_back") << setup.name;
  }
}

class DepthResolveTypes : public testing::TestWithParam<std::tuple<ElementType, ElementType, KernelLoop>> {};

TEST_P(DepthResolveTypes, ReadsAndWritesEveryElementType) {
  auto const& [input, output, loop] = GetParam();
  ReconstructionJob job = make_job({.name = ""});
  job.input_type = input;
  job.output_type = output;
  job.loop = loop;
  auto const frames = with_element(input, [&](auto zero) { return random_frames<decltype(zero)>(job, 19, 5); });
  auto const expected = resolve_plainly(job, 19, frames);
  auto images = image_memory(job, 19);
  static_cast<void>(resolve_with(test::openmp_backend(), job, 1, {0, 19, frames.data(), images.data()}));
  auto const values = as_doubles(images, output);
  std::size_t different = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    different += std::abs(values[i] - expected[i]) > 1e-4 ? 1U : 0U;
  }
  EXPECT_LE(different, values.size() / 10000) << "exact values may lie within rounding of an integer";
}

INSTANTIATE_TEST_SUITE_P(Types, DepthResolveTypes,
                         testing::Combine(testing::ValuesIn(all_element_types), testing::ValuesIn(all_element_types),
                                          testing::Values(KernelLoop::tiles, KernelLoop::pixels)),
                         [](auto const& named) {
                           return std::string(to_string(std::get<0>(named.param))) + "_to_" +
                                  std::string(to_string(std::get<1>(named.param))) +
                                  (std::get<2>(named.param) == KernelLoop::tiles ? "_tiles" : "_pixels");
                         });

TEST(DepthResolveJob, FiltersCosmicHits) {
  ReconstructionJob job = make_job({.name = ""});
  job.cosmic_filter = CosmicFilter::on;
  auto frames = random_frames<std::uint16_t>(job, 19, 3);
  std::uint16_t const hit = 60000;
  for (std::size_t i = 0; i + 1 < frames.size(); i += 1014) {
    std::memcpy(&frames[i], &hit, sizeof hit);
  }
  auto const expected = resolve_plainly(job, 19, frames);
  for (KernelLoop const loop : {KernelLoop::tiles, KernelLoop::pixels}) {
    job.loop = loop;
    auto images = image_memory(job, 19);
    static_cast<void>(resolve_with(test::openmp_backend(), job, 2, {0, 19, frames.data(), images.data()}));
    expect_near(as_doubles(images, job.output_type), expected, 1e-6);
  }
}

TEST(DepthResolveJob, LeavesDarkPixelsEmpty) {
  ReconstructionJob job = make_job({.name = ""});
  job.cutoff = 60.0;
  auto const frames = random_frames<std::uint16_t>(job, 19, 3);
  auto const expected = resolve_plainly(job, 19, frames);
  auto images = image_memory(job, 19);
  static_cast<void>(resolve_with(test::openmp_backend(), job, 1, {0, 19, frames.data(), images.data()}));
  auto const values = as_doubles(images, job.output_type);
  expect_near(values, expected, 1e-7);
  auto const* const first = reinterpret_cast<std::uint16_t const*>(frames.data());
  std::size_t const image = std::size_t{19} * 35;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (first[i % image] < 60) {
      ASSERT_EQ(values[i], 0.0);
    }
  }
}

TEST(DepthResolveJob, SkipsDifferencesThatAreNotNumbers) {
  ReconstructionJob job = make_job({.name = ""});
  job.input_type = ElementType::float32;
  auto frames = random_frames<float>(job, 19, 3);
  auto* const values = reinterpret_cast<float*>(frames.data());
  for (std::size_t i = 0; i < frames.size() / sizeof(float); i += 97) {
    values[i] = std::numeric_limits<float>::quiet_NaN();
  }
  for (std::size_t i = 50; i < frames.size() / sizeof(float); i += 331) {
    values[i] = std::numeric_limits<float>::infinity();
  }
  auto const expected = resolve_plainly(job, 19, frames);
  EXPECT_TRUE(std::ranges::all_of(expected, [](double value) { return std::isfinite(value); }));
  for (KernelLoop const loop : {KernelLoop::tiles, KernelLoop::pixels}) {
    job.loop = loop;
    auto images = image_memory(job, 19);
    static_cast<void>(resolve_with(test::openmp_backend(), job, 2, {0, 19, frames.data(), images.data()}));
    expect_near(as_doubles(images, job.output_type), expected, 1e-7);
  }
}

struct RowRange {
  int first_row;
  int rows;
};

/// `images` are the rows `part` of `whole`, which has `rows` of them, to the last bit.
void expect_rows_of(std::vector<std::byte> const& whole, int rows, std::vector<std::byte> const& images,
                    RowRange const& part, ReconstructionJob const& job) {
  std::size_t const row_bytes = static_cast<std::size_t>(job.columns) * size_bytes(job.output_type);
  std::size_t const part_bytes = static_cast<std::size_t>(part.rows) * row_bytes;
  for (std::size_t m = 0; m < static_cast<std::size_t>(job.depths.count); ++m) {
    std::size_t const first = m * static_cast<std::size_t>(rows) + static_cast<std::size_t>(part.first_row);
    ASSERT_EQ(std::memcmp(&images[m * part_bytes], &whole[first * row_bytes], part_bytes), 0) << "depth image " << m;
  }
}

TEST(DepthResolveJob, GivesTheSameBitsForAnyStripesAndThreads) {
  ReconstructionJob job = make_job({.name = "", .per_row_z = 60.0, .rows = 53});
  auto const frames = random_frames<std::uint16_t>(job, 53, 3);
  auto whole = image_memory(job, 53);
  auto const kernel = test::openmp_backend().make_reconstructor(job, {1, 0});
  static_cast<void>(kernel->resolve({0, 53, frames.data(), whole.data()}));
  std::size_t const frame_row = static_cast<std::size_t>(job.columns) * sizeof(std::uint16_t);
  for (int const height : {1, 5, 16, 20}) {
    auto const threaded = test::openmp_backend().make_reconstructor(job, {2, 0});
    for (int row = 0; row < 53; row += height) {
      int const rows = std::min(height, 53 - row);
      auto const lines = static_cast<std::size_t>(rows);
      std::vector<std::byte> stripe(job.geometry.wire.size() * lines * frame_row);
      for (std::size_t k = 0; k < job.geometry.wire.size(); ++k) {
        std::memcpy(&stripe[k * lines * frame_row], &frames[(k * 53 + static_cast<std::size_t>(row)) * frame_row],
                    lines * frame_row);
      }
      auto images = image_memory(job, rows);
      static_cast<void>(threaded->resolve({row, rows, stripe.data(), images.data()}));
      SCOPED_TRACE(testing::Message() << "stripes of " << height << ", row " << row);
      expect_rows_of(whole, 53, images, {row, rows}, job);
    }
  }
}

// In place by both loops, and in blocks that are copied as to a device.
TEST(DepthResolveJob, TakesItsRowsOutOfTallerFrames) {
  constexpr int rows = 53;
  for (auto const& [loop, limit_rows] :
       {std::pair{KernelLoop::tiles, 0U}, {KernelLoop::pixels, 0U}, {KernelLoop::pixels, 4U}}) {
    for (CosmicFilter const filter : {CosmicFilter::off, CosmicFilter::on}) {
      ReconstructionJob job = make_job({.name = "", .per_row_z = 60.0, .rows = rows});
      job.loop = loop;
      job.cosmic_filter = filter;
      Backend& backend = test::openmp_backend();
      Execution const execution{2, 0, limit_rows * backend.least_device_bytes(job, {1, 0, 1})};
      auto const frames = random_frames<std::uint16_t>(job, rows, 3);
      auto whole = image_memory(job, rows);
      static_cast<void>(backend.make_reconstructor(job, execution)->resolve({0, rows, frames.data(), whole.data()}));
      auto const kernel = backend.make_reconstructor(job, execution);
      for (auto const& [row, height] : {std::pair{0, 16}, {16, 16}, {32, 5}, {37, 16}}) {
        SCOPED_TRACE(testing::Message() << (loop == KernelLoop::tiles ? "tiles" : "pixels") << ", rows " << row
                                        << " to " << row + height);
        auto images = image_memory(job, height);
        std::byte const* const first =
            frames.data() + static_cast<std::size_t>(row * job.columns) * sizeof(std::uint16_t);
        static_cast<void>(kernel->resolve({row, height, first, images.data(), rows}));
        expect_rows_of(whole, rows, images, {row, height}, job);
      }
    }
  }
}

TEST(PlainDepthResolve, TakesItsRowsOutOfTallerFrames) {
  constexpr int rows = 19;
  ReconstructionJob const job = make_job({.name = "", .per_row_z = 60.0, .rows = rows});
  auto const frames = random_frames<std::uint16_t>(job, rows, 3);
  auto whole = image_memory(job, rows);
  plain_depth_resolve(job, {0, rows, frames.data(), whole.data()});
  for (auto const& [row, height] : {std::pair{0, 19}, {0, 4}, {4, 1}, {5, 14}}) {
    SCOPED_TRACE(testing::Message() << "rows " << row << " to " << row + height);
    auto images = image_memory(job, height);
    std::byte const* const first = frames.data() + static_cast<std::size_t>(row * job.columns) * sizeof(std::uint16_t);
    plain_depth_resolve(job, {row, height, first, images.data(), rows});
    expect_rows_of(whole, rows, images, {row, height}, job);
  }
}

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

TEST(DepthResolveJob, CountsTheThreadsThatRan) {
  ReconstructionJob job = make_job({.name = "", .rows = 64});
  auto const frames = random_frames<std::uint16_t>(job, 64, 3);
  auto images = image_memory(job, 64);
  for (KernelLoop const loop : {KernelLoop::tiles, KernelLoop::pixels}) {
    job.loop = loop;
    for (int const threads : {1, 2, 3, 1}) {
      EXPECT_EQ(
          resolve_with(test::openmp_backend(), job, threads, {0, 64, frames.data(), images.data()}).threads_counted,
          threads);
    }
  }
}

TEST(DepthResolveJob, SaysWorkspaceInAdvance) {
  ReconstructionJob job = make_job({.name = ""});
  auto const frames = random_frames<std::uint16_t>(job, 19, 3);
  auto images = image_memory(job, 19);
  for (KernelLoop const loop : {KernelLoop::tiles, KernelLoop::pixels}) {
    job.loop = loop;
    StripeReport const report = resolve_with(test::openmp_backend(), job, 2, {0, 19, frames.data(), images.data()});
    EXPECT_EQ(report.workspace_bytes, test::openmp_backend().workspace_bytes(job, {2, 0}, 19));
  }
}

TEST(DepthResolveJob, RefusesWhatMakesNoSense) {
  Backend& backend = test::openmp_backend();
  ReconstructionJob const good = make_job({.name = ""});
  EXPECT_THROW(static_cast<void>(backend.make_reconstructor(good, {0, 0})), std::invalid_argument);
  ReconstructionJob no_depths = good;
  no_depths.depths.count = 0;
  EXPECT_THROW(static_cast<void>(backend.make_reconstructor(no_depths, {1, 0})), std::invalid_argument);
  ReconstructionJob too_few = good;
  too_few.geometry.wire.resize(3);
  EXPECT_THROW(static_cast<void>(backend.make_reconstructor(too_few, {1, 0})), std::invalid_argument);
}

TEST(DepthResolveConserving, GivesBackWhatGoesIn) {
  ReconstructionJob job = make_job({.name = "", .depth_start_um = -200.0, .depths = 400});
  job.area_rule = AreaRule::conserving;
  auto const frames = random_frames<std::uint16_t>(job, 19, 3);
  auto images = image_memory(job, 19);
  static_cast<void>(resolve_with(test::openmp_backend(), job, 1, {0, 19, frames.data(), images.data()}));
  auto const values = as_doubles(images, job.output_type);
  auto const* const counts = reinterpret_cast<std::uint16_t const*>(frames.data());
  std::size_t const pixels = std::size_t{19} * 35;
  std::size_t const last = (job.geometry.wire.size() - 1) * pixels;
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    double sum = 0.0;
    for (std::size_t m = 0; m < 400; ++m) {
      sum += values[m * pixels + pixel];
    }
    double const expected = counts[pixel] < 1 ? 0.0 : static_cast<double>(counts[pixel]) - counts[last + pixel];
    ASSERT_NEAR(sum, expected, 1e-8) << "pixel " << pixel;
  }
}

}  // namespace
}  // namespace lauebench::kernels
