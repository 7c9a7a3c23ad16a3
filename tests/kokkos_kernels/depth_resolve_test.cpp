#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "depth_resolve_setups.hpp"
#include "support/module.hpp"

namespace lauebench::kernels {
namespace {

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
