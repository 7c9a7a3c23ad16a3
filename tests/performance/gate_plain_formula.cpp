#include <fmt/format.h>
#include <gtest/gtest.h>

#include "kokkos_kernels/reference/plain_depth_resolve.hpp"
#include "support/figure.hpp"
#include "support/generated_scan.hpp"
#include "support/module.hpp"
#include "support/side_by_side.hpp"

/// Against the plain formula, side by side in one run, one thread: 256 x 256 pixels, 201 stored frames, 101 depth
/// images.
namespace lauebench {
namespace {

test::GeneratedScan usual_scan() {
  GenerateConfig generate;
  generate.images = 200;
  ReconstructionParameters parameters;
  parameters.depth_range = {0.0, 100.0};
  return {generate, parameters};
}

// 4: a third of what the kernel reaches, so that a noisy machine does not fail it and the loss of an idea does.
TEST(AgainstPlainFormula, KernelIsFourTimesFaster) {
  test::LoadedScan loaded = usual_scan().load();
  auto const kernel = test::openmp_backend().make_reconstructor(loaded.job, {1, 0});
  auto const result = test::measure_side_by_side([&] { kernels::plain_depth_resolve(loaded.job, loaded.stripe()); },
                                                 [&] { static_cast<void>(kernel->resolve(loaded.stripe())); });
  test::print_figure(
      {"kernel on the level of this CPU, small scan", result.ratio(), test::Figure::Required::at_least, 4.0,
       fmt::format("plain {:.1f}, ours {:.1f} million pixel-steps/s", 1e-6 * loaded.pixel_steps() / result.reference_s,
                   1e-6 * loaded.pixel_steps() / result.ours_s)});
  EXPECT_GE(result.ratio(), 4.0);
}

// 2.5: reading and writing are the same bytes on both sides and hide part of the kernel's gain.
TEST(AgainstPlainFormula, ReconstructionIsTwoAndAHalfTimesFaster) {
  test::GeneratedScan const scan = usual_scan();
  auto const result = test::measure_side_by_side([&] { scan.reconstruct_plainly(); },
                                                 [&] {
                                                   auto const outcome =
                                                       reconstruct(scan.task(), test::openmp_backend());
                                                   ASSERT_EQ(outcome.code, ReturnCode::ok) << outcome.error;
                                                 },
                                                 [&] { scan.remove_outputs(); });
  test::print_figure({"whole reconstruction, small scan", result.ratio(), test::Figure::Required::at_least, 2.5,
                      fmt::format("plain {:.3f} s, ours {:.3f} s", result.reference_s, result.ours_s)});
  EXPECT_GE(result.ratio(), 2.5);
}

}  // namespace
}  // namespace lauebench
