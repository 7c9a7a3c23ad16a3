#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kokkos_kernels/backend.hpp"
#include "kokkos_kernels/element_access.hpp"
#include "kokkos_kernels/reference/plain_depth_resolve.hpp"

/// Beamlines of every kind, frames for them, and what the plain formula makes of these.
namespace lauebench::kernels {

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

inline std::vector<Beamline> setups() {
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

inline ReconstructionJob make_job(Beamline const& setup) {
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

inline std::vector<std::byte> image_memory(ReconstructionJob const& job, int rows) {
  auto const voxels = static_cast<std::size_t>(job.depths.count) * static_cast<std::size_t>(rows) *
                      static_cast<std::size_t>(job.columns);
  return std::vector<std::byte>(voxels * size_bytes(job.output_type), std::byte{0x5a});
}

inline std::vector<double> as_doubles(std::vector<std::byte> const& bytes, ElementType type) {
  std::vector<double> values(bytes.size() / size_bytes(type));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = load_element(bytes.data(), type, i);
  }
  return values;
}

inline std::vector<double> resolve_plainly(ReconstructionJob const& job, int rows,
                                           std::vector<std::byte> const& frames) {
  auto images = image_memory(job, rows);
  plain_depth_resolve(job, {0, rows, frames.data(), images.data()});
  return as_doubles(images, job.output_type);
}

inline StripeReport resolve_with(Backend& backend, ReconstructionJob const& job, int threads, Stripe const& stripe) {
  return backend.make_reconstructor(job, {threads, 0})->resolve(stripe);
}

/// Rounding grows with the weights that are summed: a difference of up to 100 counts over an area of less than a
/// hundredth of a bin.
inline void expect_near(std::vector<double> const& values, std::vector<double> const& expected, double tolerance) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], expected[i], tolerance) << "element " << i;
  }
}

}  // namespace lauebench::kernels
