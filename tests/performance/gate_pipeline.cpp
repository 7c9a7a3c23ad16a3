#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "kokkos_kernels/reference/plain_depth_resolve.hpp"
#include "support/figure.hpp"
#include "support/generated_scan.hpp"
#include "support/module.hpp"
#include "support/plain_depth_files.hpp"
#include "support/side_by_side.hpp"
#include "support/two_cores.hpp"

/// Whole reconstructions, warm, without fsync: 512 x 512 pixels, 301 images, 151 depth images.
namespace lauebench {
namespace {

constexpr double allowance = 0.8;  // as in gate_kernel_levels.cpp

test::GeneratedScan middle_scan() {
  GenerateConfig generate;
  generate.rows = generate.columns = 512;
  generate.images = 301;
  ReconstructionParameters parameters;
  parameters.depth_range = {0.0, 75.0};
  parameters.resolution_um = 0.5;
  return {generate, parameters};
}

void reconstruct_with(ReconstructionTask task, int threads) {
  task.execution.threads = threads;
  auto const outcome = reconstruct(task, test::openmp_backend());
  ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
}

// 5: the kernel's ratio, less what reading and writing cost on both sides.
TEST(PipelineGate, OneThreadAgainstThePlainVersion) {
  test::GeneratedScan const scan = middle_scan();
  double const ratio = test::repeated_ratio(allowance * 5.0, [&] {
    auto const times = test::measure_side_by_side(
        [&] { scan.reconstruct_plainly(); }, [&] { reconstruct_with(scan.task(), 1); }, [&] { scan.remove_outputs(); });
    test::print_figure({"whole reconstruction, 1 thread", times.ratio(), test::Figure::Required::at_least, 5.0,
                        fmt::format("plain {:.3f} s, ours {:.3f} s", times.reference_s, times.ours_s)});
    return times.ratio();
  });
  EXPECT_GE(ratio, allowance * 5.0);
}

// 1.3: no phase waits without need. Two cores share kernel, reading and writing, so the bound is the larger of the
// kernel, the plain reading and writing, and all of it spread over the cores that the machine has to give.
TEST(PipelineGate, TwoThreadsAgainstWhatIsAttainable) {
  test::GeneratedScan const scan = middle_scan();
  test::LoadedScan loaded = scan.load();
  auto const kernel = test::openmp_backend().make_reconstructor(loaded.job, {2, 0});
  auto const resolve = [&] { static_cast<void>(kernel->resolve(loaded.stripe())); };
  auto const whole = [&] { reconstruct_with(scan.task(), 2); };
  auto const read_and_write = [&] {
    test::LoadedScan const again = scan.load();
    test::write_plain_depth_files(scan.folder() / "plain", loaded.job.depths, loaded.rows, loaded.job.columns,
                                  loaded.job.output_type, again.images);
  };
  auto const clean = [&] { scan.remove_outputs(); };
  auto const against_kernel = test::measure_side_by_side(resolve, whole, clean);
  auto const against_files = test::measure_side_by_side(read_and_write, whole, clean);
  double const cores = test::speed_of_two_cores(loaded);
  double const kernel_s = against_kernel.reference_s;
  double const files_s = against_files.reference_s;
  double const bound_s = std::max({kernel_s, files_s, kernel_s + files_s / std::max(1.0, cores)});
  double const whole_s = std::min(against_kernel.ours_s, against_files.ours_s);
  test::print_figure({"whole reconstruction, 2 threads, against what is attainable", whole_s / bound_s,
                      test::Figure::Required::at_most, 1.3,
                      fmt::format("whole {:.3f} s, kernel {:.3f} s, read and write {:.3f} s, {:.2f} cores", whole_s,
                                  kernel_s, files_s, cores)});
  EXPECT_LE(whole_s / bound_s, 1.3 / allowance);
}

}  // namespace
}  // namespace lauebench
