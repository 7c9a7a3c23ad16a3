#include "synthetic/wire_path.hpp"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "io/scan_geometry.hpp"
#include "kokkos_kernels/wire_geometry.hpp"
#include "synthetic_fixture.hpp"

namespace lauebench {
namespace {

using testing::HasSubstr;

WirePathRequest request_for(int detector, int pixels, int images) {
  WirePathRequest request;
  request.beamline = read_geometry(test::shipped_geometry(), detector);
  int const full = request.beamline.detector.pixels_x;
  int const start = (full - pixels) / 2;
  request.region = {start, start, 1, 1, start + pixels - 1, start + pixels - 1, full, full};
  request.rows = pixels;
  request.columns = pixels;
  request.depth_range = {0.0, 100.0};
  request.images = images;
  return request;
}

std::string refusal(WirePathRequest const& request) {
  try {
    static_cast<void>(plan_wire_path(request));
  } catch (Error const& error) {
    EXPECT_EQ(error.code(), ReturnCode::bad_input);
    return error.what();
  }
  return "accepted";
}

/// Every pixel of the image's border and some inside: leading edge before and behind the range with the margin,
/// trailing edge out of it as long as the leading edge is inside.
void expect_covered(WirePathRequest const& request, WirePath const& path) {
  ASSERT_EQ(path.raw_um.size(), static_cast<std::size_t>(request.images) + 3);
  ScanGeometry const geometry =
      make_scan_geometry(request.beamline, request.region,
                         std::span(path.raw_um).subspan(2).first(static_cast<std::size_t>(request.images)));
  auto const leading = make_depth_formula(geometry.wire_radius_um, geometry.beam, TangentSide::leading);
  auto const trailing = make_depth_formula(geometry.wire_radius_um, geometry.beam, TangentSide::trailing);
  auto const margin = static_cast<std::size_t>(margin_steps);
  for (int row = 0; row < request.rows; row += 13) {
    for (double column = -0.5; column < request.columns; column += 7.0) {
      Vec3 const point = pixel_position(geometry.pixels, row, column);
      auto const depth = [&](std::size_t image, DepthFormula const& formula) {
        return edge_depth_um(point.y, point.z, geometry.wire[image], formula);
      };
      ASSERT_LE(depth(margin, leading), request.depth_range.start_um + 1e-6);
      ASSERT_GE(depth(geometry.wire.size() - 1 - margin, leading), request.depth_range.end_um - 1e-6);
      for (std::size_t image = 0; image < geometry.wire.size(); ++image) {
        if (depth(image, leading) <= request.depth_range.end_um) {
          ASSERT_LE(depth(image, trailing), request.depth_range.start_um);
        }
      }
    }
  }
}

TEST(WirePath, CoversTheRangeForEveryDetectorAndRegion) {
  for (int const detector : {0, 1, 2}) {
    for (int const pixels : {1, 128, 1024}) {
      SCOPED_TRACE(testing::Message() << "detector " << detector << ", " << pixels << " pixels");
      auto const request = request_for(detector, pixels, 201);
      expect_covered(request, plan_wire_path(request));
    }
  }
}

TEST(WirePath, CoversTheRangeOfTheWholeMainDetector) {
  auto const request = request_for(0, 2048, 400);
  expect_covered(request, plan_wire_path(request));
}

TEST(WirePath, MovesInEqualStepsAlongTheInclinedPlane) {
  auto request = request_for(0, 256, 401);
  request.step_um = 0.75;
  WirePath const path = plan_wire_path(request);
  EXPECT_EQ(path.step_um, 0.75);
  for (std::size_t element = 1; element < path.raw_um.size(); ++element) {
    EXPECT_EQ(path.raw_um[element].x, path.raw_um[0].x);
    EXPECT_NEAR(path.raw_um[element].y - path.raw_um[element - 1].y, 0.75 / std::sqrt(2.0), 1e-9);
    EXPECT_NEAR(path.raw_um[element].z - path.raw_um[element - 1].z, 0.75 / std::sqrt(2.0), 1e-9);
  }
  expect_covered(request, path);
}

TEST(WirePath, ChoosesTheSmallestStepThatCovers) {
  auto request = request_for(0, 256, 201);
  WirePath const path = plan_wire_path(request);
  request.step_um = path.step_um;
  EXPECT_EQ(plan_wire_path(request).step_um, path.step_um);
  request.step_um = path.step_um - 0.002;
  EXPECT_THAT(refusal(request), HasSubstr("is not covered by 201 images"));
}

// What the message tells the user to do works, and less does not.
TEST(WirePath, NamesTheImagesAndTheStepNeeded) {
  auto request = request_for(0, 256, 201);
  request.step_um = 0.5;
  auto const message = refusal(request);
  EXPECT_THAT(message, HasSubstr("depth range 0:100 um is not covered by 201 images with a wire step of 0.5 um"));
  int images = 0;
  double step_um = 0.0;
  auto const advice = message.substr(message.rfind("use at least"));
  ASSERT_EQ(std::sscanf(advice.c_str(), "use at least %d images or a wire step of at least %lf um", &images, &step_um),
            2)
      << message;
  auto more_images = request;
  more_images.images = images;
  EXPECT_EQ(plan_wire_path(more_images).step_um, 0.5);
  more_images.images = images - 1;
  EXPECT_THAT(refusal(more_images), HasSubstr("is not covered"));
  request.step_um = step_um;
  EXPECT_EQ(plan_wire_path(request).step_um, step_um);
}

TEST(WirePath, RefusesTooFewImages) {
  EXPECT_THAT(refusal(request_for(0, 16, 9)),
              HasSubstr("9 images are too few (8 of them are margin): use at least 10 images"));
  expect_covered(request_for(0, 16, 10), plan_wire_path(request_for(0, 16, 10)));
}

TEST(WirePath, RefusesARangeWiderThanTheShadow) {
  auto request = request_for(0, 64, 201);
  request.beamline.wire.diameter_um = 52.0;
  EXPECT_THAT(refusal(request),
              HasSubstr("depth range 0:100 um is wider than the wire's shadow (a wire of 52 um shades 52."));
  request.depth_range = {-20.0, 31.0};
  expect_covered(request, plan_wire_path(request));
}

}  // namespace
}  // namespace lauebench
