#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "io/scan_reader.hpp"
#include "support/figure.hpp"
#include "support/generated_scan.hpp"
#include "support/module.hpp"
#include "support/side_by_side.hpp"

/// Whole reconstructions of a scan in gzip-compressed whole-frame chunks that fit the memory limit, warm, without
/// fsync, 2 threads: 512 x 512 pixels, 301 images, 151 depth images, as in gate_pipeline.cpp.
namespace lauebench {
namespace {

constexpr double allowance = 0.8;  // as in gate_kernel_levels.cpp

test::GeneratedScan middle_scan(int gzip_level, ByteShuffle shuffle) {
  GenerateConfig generate;
  generate.rows = generate.columns = 512;
  generate.images = 301;
  generate.gzip_level = gzip_level;
  generate.shuffle = shuffle;
  ReconstructionParameters parameters;
  parameters.depth_range = {0.0, 75.0};
  parameters.resolution_um = 0.5;
  return {generate, parameters};
}

/// Of this process, all threads.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto const seconds = [](timeval const& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Action>
double cpu_seconds_of(Action const& action) {
  double const start_s = cpu_seconds();
  action();
  return cpu_seconds() - start_s;
}

void reconstruct_with_two(test::GeneratedScan const& scan) {
  ReconstructionTask task = scan.task();
  task.execution.threads = 2;
  auto const outcome = reconstruct(task, test::openmp_backend());
  ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
}

class CompressedGate : public testing::TestWithParam<ByteShuffle> {};

// 1.2 is what is aimed at, against the larger of decompressing once with all threads (D) and the same data
// uncompressed (U), and printed as such. Whole frames have to be there before the first row can be computed, so on two
// busy cores the work of D and U adds up, and only what U leaves idle can take D in: no pipeline is faster than
// (CPU of D + CPU of U) / cores. Where that is more than 1.2 (up to 1.7 was seen, by machine), the gate is held against
// it.
TEST_P(CompressedGate, TwoThreadsAgainstDecompressingAndAgainstUncompressed) {
  test::GeneratedScan const compressed = middle_scan(1, GetParam());
  test::GeneratedScan const plain = middle_scan(0, ByteShuffle::off);
  test::LoadedScan loaded = plain.load();
  auto const decompress = [&] {
    ScanReader reader(compressed.task().scan, {.threads = 2});
    reader.read_rows(0, loaded.rows, loaded.frames);
  };
  auto const whole = [&] { reconstruct_with_two(compressed); };
  auto const uncompressed = [&] { reconstruct_with_two(plain); };
  auto const clean = [&] {
    compressed.remove_outputs();
    plain.remove_outputs();
  };
  double const share = test::repeated_ratio(allowance, [&] {
    auto const against_d = test::measure_side_by_side(decompress, whole, clean);
    auto const against_u = test::measure_side_by_side(uncompressed, whole, clean);
    double const decompress_cpu_s = cpu_seconds_of(decompress);
    clean();
    double const uncompressed_cpu_s = cpu_seconds_of(uncompressed);
    clean();
    double const whole_cpu_s = cpu_seconds_of(whole);
    clean();
    // Each against its neighbours in time: the larger of the two is what the whole is nearer to.
    double const ratio = std::max(against_d.ratio(), against_u.ratio());
    double const attainable = std::max(
        1.0, (decompress_cpu_s + uncompressed_cpu_s) / 2.0 / std::max(against_d.reference_s, against_u.reference_s));
    test::print_figure(
        {fmt::format("gzip-compressed whole-frame chunks{}", GetParam() == ByteShuffle::on ? ", shuffled" : ""),
         1.0 / ratio, test::Figure::Required::at_most, 1.2,
         fmt::format("whole {:.3f} s against decompressing {:.3f} s, {:.3f} s against uncompressed {:.3f} s; CPU "
                     "seconds {:.3f}, {:.3f} and {:.3f}, so {:.2f} is attainable",
                     against_d.ours_s, against_d.reference_s, against_u.ours_s, against_u.reference_s, whole_cpu_s,
                     decompress_cpu_s, uncompressed_cpu_s, attainable)});
    return ratio * std::max(1.2, attainable);
  });
  EXPECT_GE(share, allowance);
}

INSTANTIATE_TEST_SUITE_P(Filters, CompressedGate, testing::Values(ByteShuffle::off, ByteShuffle::on),
                         [](auto const& shuffle) {
                           return shuffle.param == ByteShuffle::on ? "gzip_shuffle" : "gzip";
                         });

}  // namespace
}  // namespace lauebench
