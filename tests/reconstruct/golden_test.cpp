#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <gtest/gtest.h>

#include "reconstruct/reconstruct.hpp"
#include "support/depth_file_reader.hpp"
#include "support/golden_case.hpp"
#include "support/module.hpp"
#include "support/rechunked_scan.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::GoldenCase;

/// How depth files compare with the established program's images.
struct Comparison {
  std::size_t pixels = 0;
  std::size_t different = 0;  ///< beyond the tolerance of floating-point images, or not equal
  double max_difference = 0.0;
  double squares = 0.0;
  double signal_squares = 0.0;
};

double tolerance_of(ElementType type, double expected) {
  double const in_double = 1e-6 + 1e-7 * std::abs(expected);
  if (type == ElementType::float64) {
    return in_double;
  }
  if (type != ElementType::float32) {
    return 0.0;
  }
  float const magnitude = std::abs(static_cast<float>(expected));
  return in_double + static_cast<double>(std::nextafter(magnitude, std::numeric_limits<float>::infinity()) - magnitude);
}

Comparison compare_with_golden(GoldenCase const& golden, std::string const& base) {
  Comparison result;
  for (std::size_t m = 0; m < golden.depths_um.size(); ++m) {
    auto const image = test::read_depth_image(base + std::to_string(m) + ".h5");
    EXPECT_DOUBLE_EQ(image.depth_um, golden.depths_um[m]);
    auto const values = test::values_of(image);
    for (std::size_t i = 0; i < values.size(); ++i) {
      double const expected = golden.expected[m * values.size() + i];
      double const difference = std::abs(values[i] - expected);
      result.max_difference = std::max(result.max_difference, difference);
      result.different += difference > tolerance_of(image.element_type, expected) ? 1 : 0;
      result.squares += difference * difference;
      result.signal_squares += expected * expected;
    }
    result.pixels += values.size();
  }
  return result;
}

struct HowToRun {
  int threads = 1;
  std::optional<int> rows_per_stripe;
  KernelLoop loop = KernelLoop::tiles;
  Precision precision = Precision::double_precision;
  std::uint64_t device_memory_bytes = 0;
  IoPath io_path = IoPath::automatic;
};

RankOutcome run_case(GoldenCase const& golden, HowToRun const& run, kernels::Backend& backend,
                     std::string const& base) {
  ReconstructionTask task{golden.scan,       golden.geometry,         base,
                          golden.parameters, std::uint64_t{4} << 30U, {run.threads, 0, run.device_memory_bytes},
                          Sync::none};
  task.parameters.rows_per_stripe = run.rows_per_stripe;
  task.parameters.kernel_loop = run.loop;
  task.parameters.precision = run.precision;
  task.parameters.io_path = run.io_path;
  return reconstruct(task, backend);
}

/// The specification's tolerances: integers equal but for 0.01 % of the pixels by 1, floats within theirs.
void expect_golden(GoldenCase const& golden, HowToRun const& run, kernels::Backend& backend) {
  test::TemporaryFolder const folder;
  std::string const base = (folder / "out").string();
  RankOutcome const outcome = run_case(golden, run, backend, base);
  ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
  Comparison const comparison = compare_with_golden(golden, base);
  ASSERT_EQ(comparison.pixels, golden.expected.size());
  bool const integers = outcome.output_type.find("int") != std::string::npos;
  std::size_t const allowed = integers ? comparison.pixels / 10000 : 0;
  EXPECT_LE(comparison.different, allowed);
  EXPECT_LE(comparison.max_difference, integers ? 1.0 : std::numeric_limits<double>::infinity());
  std::printf("%-24s %8zu voxels, %zu beyond tolerance, maximum difference %.3g\n", golden.name.c_str(),
              comparison.pixels, comparison.different, comparison.max_difference);
}

/// No line of it names how the run was shared out.
std::string summary_of(std::string const& base) {
  std::ifstream file(base + "summary.txt");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

constexpr int all_rows = 1'000'000;

class Golden : public testing::TestWithParam<std::string> {};

// at every instruction level that this CPU runs and this build holds
TEST_P(Golden, MatchesEstablishedProgram) {
  int levels = 0;
  for (std::string_view const level : kernels::runnable_cpu_levels()) {
    auto const result = kernels::load_cpu_backend(level);
    if (auto const* const module = std::get_if<kernels::LoadedBackend>(&result)) {
      SCOPED_TRACE(level);
      expect_golden(test::read_golden_case(GetParam()), {}, *module->backend);
      ++levels;
    }
  }
  EXPECT_GE(levels, 1);
}

TEST_P(Golden, PixelLoopMatchesToo) {
  expect_golden(test::read_golden_case(GetParam()), {2, std::nullopt, KernelLoop::pixels, Precision::double_precision},
                test::openmp_backend());
}

// what a GPU does with a stripe, with as little memory as can be and with some more
TEST_P(Golden, BlocksOnADeviceChangeNoByte) {
  GoldenCase const golden = test::read_golden_case(GetParam());
  test::TemporaryFolder const folder;
  std::string const reference = (folder / "reference").string();
  std::string const base = (folder / "other").string();
  HowToRun run{2, 17, KernelLoop::pixels};
  ASSERT_EQ(run_case(golden, run, test::openmp_backend(), reference).code, ReturnCode::ok);
  for (std::uint64_t const kib : {200U, 777U, 40'000U}) {
    run.device_memory_bytes = kib << 10U;
    RankOutcome const outcome = run_case(golden, run, test::openmp_backend(), base);
    ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
    EXPECT_GT(outcome.memory.device_bytes, 0U);
    EXPECT_LE(outcome.memory.device_bytes, run.device_memory_bytes);
    EXPECT_EQ(outcome.memory.device_limit_bytes, run.device_memory_bytes);
    EXPECT_GT(outcome.phases.copy_to_device_s, 0.0);
    EXPECT_GT(outcome.phases.copy_to_host_s, 0.0);
    for (std::size_t m = 0; m < golden.depths_um.size(); ++m) {
      std::string const name = std::to_string(m) + ".h5";
      ASSERT_EQ(test::read_depth_image(base + name).bytes, test::read_depth_image(reference + name).bytes)
          << "depth image " << m << ", " << kib << " KiB";
    }
  }
}

TEST_P(Golden, RowThatDoesNotFitTheDeviceIsRefusedBeforehand) {
  GoldenCase const golden = test::read_golden_case(GetParam());
  test::TemporaryFolder const folder;
  HowToRun const run{1, std::nullopt, KernelLoop::pixels, Precision::double_precision, 1000};
  RankOutcome const outcome = run_case(golden, run, test::openmp_backend(), (folder / "out").string());
  EXPECT_EQ(outcome.code, ReturnCode::bad_input);
  EXPECT_NE(outcome.error.find("does not fit the GPU's memory limit (1 MiB needed, 0 MiB allowed)"), std::string::npos)
      << outcome.error;
}

TEST_P(Golden, CudaMatchesToo) {
  std::string reason;
  kernels::Backend* const backend = test::cuda_backend(reason);
  if (backend == nullptr) {
    GTEST_SKIP() << "no GPU: " << reason;
  }
  expect_golden(test::read_golden_case(GetParam()), {1, 7, KernelLoop::automatic, Precision::double_precision},
                *backend);
}

TEST_P(Golden, ThreadsAndStripesChangeNoByte) {
  GoldenCase const golden = test::read_golden_case(GetParam());
  test::TemporaryFolder const folder;
  std::string const reference = (folder / "reference").string();
  ASSERT_EQ(run_case(golden, {}, test::openmp_backend(), reference).code, ReturnCode::ok);
  std::string const summary = summary_of(reference);
  ASSERT_NE(summary.find("total_intensity_counts\n      0 "), std::string::npos) << summary;
  for (HowToRun const& run : {HowToRun{2, std::nullopt}, HowToRun{1, all_rows}, HowToRun{1, 1}, HowToRun{2, 7},
                              HowToRun{1, 16}, HowToRun{2, 47}}) {
    std::string const base = (folder / "other").string();
    RankOutcome const outcome = run_case(golden, run, test::openmp_backend(), base);
    ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
    EXPECT_EQ(outcome.threads_counted, run.threads);
    EXPECT_EQ(summary_of(base), summary) << run.threads << " threads, stripes of " << outcome.rows_per_stripe;
    if (run.rows_per_stripe) {
      EXPECT_EQ(outcome.rows_per_stripe, std::min(*run.rows_per_stripe, outcome.rows));
    }
    for (std::size_t m = 0; m < golden.depths_um.size(); ++m) {
      std::string const name = std::to_string(m) + ".h5";
      ASSERT_EQ(test::read_depth_image(base + name).bytes, test::read_depth_image(reference + name).bytes)
          << "depth image " << m << ", " << run.threads << " threads, stripes of " << outcome.rows_per_stripe
          << " rows";
    }
  }
}

/// The same scan in other chunks.
struct Storage {
  std::array<std::uint64_t, 3> chunk;  ///< frames, rows, columns; 0: as many as there are
  int gzip_level = 0;
  bool shuffle = false;
};

// Whole frames in bands, parts of frames, several frames at once; each with HDF5 and past it.
TEST_P(Golden, StorageAndWaysOfReadingAndWritingChangeNoByte) {
  GoldenCase const golden = test::read_golden_case(GetParam());
  test::TemporaryFolder const folder;
  std::string const reference = (folder / "reference").string();
  ASSERT_EQ(run_case(golden, {}, test::openmp_backend(), reference).code, ReturnCode::ok);
  for (Storage const& storage : {Storage{{1, 0, 0}, 4, false}, Storage{{1, 0, 0}, 4, true},
                                 Storage{{3, 16, 0}, 1, true}, Storage{{7, 20, 30}, 1, true}, Storage{{1, 0, 0}}}) {
    GoldenCase other = golden;
    other.scan = folder / "scan.h5";
    test::copy_in_chunks(golden.scan, other.scan, storage.chunk, storage.gzip_level, storage.shuffle);
    for (IoPath const io_path : {IoPath::raw, IoPath::hdf5}) {
      std::string const base = (folder / "other").string();
      HowToRun const run{2, std::nullopt, KernelLoop::tiles, Precision::double_precision, 0, io_path};
      RankOutcome const outcome = run_case(other, run, test::openmp_backend(), base);
      ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
      EXPECT_EQ(outcome.read_path, io_path == IoPath::raw ? "chunks" : "hdf5");
      EXPECT_EQ(outcome.write_path, io_path == IoPath::raw ? "pwrite" : "hdf5");
      auto const& phases = outcome.phases;
      ASSERT_EQ(phases.decompress_s.has_value(), io_path == IoPath::raw || storage.gzip_level == 0);
      EXPECT_EQ(phases.decompress_s.value_or(1.0) > 0.0, storage.gzip_level > 0);
      EXPECT_GT(phases.read_s, 0.0);
      EXPECT_LE(phases.read_s + phases.decompress_s.value_or(0.0), outcome.elapsed_s);
      for (std::size_t m = 0; m < golden.depths_um.size(); ++m) {
        std::string const name = std::to_string(m) + ".h5";
        ASSERT_EQ(test::read_depth_image(base + name).bytes, test::read_depth_image(reference + name).bytes)
            << "depth image " << m << ", chunks of " << storage.chunk[0] << " frames and " << storage.chunk[1]
            << " rows, read by " << outcome.read_path << ", written by " << outcome.write_path;
      }
    }
  }
}

// What single precision reaches in these cases: integer images off by 1 count at most (truncation), floating-point ones
// by 0.003 counts, RMS error at most 1.6e-5 of the signal's RMS. The gates: 1 count, and six times that RMS error.
TEST_P(Golden, SinglePrecisionStaysNear) {
  GoldenCase const golden = test::read_golden_case(GetParam());
  test::TemporaryFolder const folder;
  std::string const base = (folder / "out").string();
  HowToRun const run{1, std::nullopt, KernelLoop::tiles, Precision::single_precision};
  RankOutcome const outcome = run_case(golden, run, test::openmp_backend(), base);
  ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
  Comparison const comparison = compare_with_golden(golden, base);
  double const relative_rms = std::sqrt(comparison.squares / comparison.signal_squares);
  std::printf("%-24s single precision: maximum difference %.3g, RMS %.3g of the signal's RMS\n", golden.name.c_str(),
              comparison.max_difference, relative_rms);
  EXPECT_LE(relative_rms, 1e-4);
  EXPECT_LE(comparison.max_difference, 1.0);
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(test::golden_case_names()),
                         [](auto const& named) { return named.param; });

TEST(GoldenData, HoldsAllElevenCases) { EXPECT_EQ(test::golden_case_names().size(), 11U); }

}  // namespace
}  // namespace lauebench
