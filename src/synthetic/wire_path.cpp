#include "synthetic/wire_path.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/scan_geometry.hpp"
#include "kokkos_kernels/wire_geometry.hpp"

namespace lauebench {

namespace {

/// The wire's centre in wire coordinates is an affine function of the distance travelled.
struct WireLine {
  WirePosition origin;
  WirePosition per_um;

  [[nodiscard]] WirePosition at(double travel_um) const {
    return {origin.y_um + travel_um * per_um.y_um, origin.z_um + travel_um * per_um.z_um};
  }
};

struct Bounds {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

Vec3 raw_at(Vec3 const& raw_origin, double travel_um) {
  double const component = travel_um / std::numbers::sqrt2;
  return {raw_origin.x, raw_origin.y + component, raw_origin.z + component};
}

/// All that the search needs; depths are those of the reconstruction's own formula.
class Search {
 public:
  explicit Search(WirePathRequest const& request) : request_(request) {
    double const component = wire_plane_distance_um / std::numbers::sqrt2;
    raw_origin_ = raw_wire_position_um(request.beamline.wire, {0.0, component, -component});
    std::array const raw{raw_origin_, raw_at(raw_origin_, 1.0)};
    geometry_ = make_scan_geometry(request.beamline, request.region, raw);
    line_ = {geometry_.wire[0],
             {geometry_.wire[1].y_um - geometry_.wire[0].y_um, geometry_.wire[1].z_um - geometry_.wire[0].z_um}};
    leading_ = make_depth_formula(geometry_.wire_radius_um, geometry_.beam, TangentSide::leading);
    trailing_ = make_depth_formula(geometry_.wire_radius_um, geometry_.beam, TangentSide::trailing);
  }

  [[nodiscard]] Vec3 const& raw_origin() const { return raw_origin_; }

  /// Travel from where the first pixel's leading edge meets the start of the range to where the last one's meets the
  /// end.
  [[nodiscard]] Bounds travel_over_range() const {
    Bounds starts;
    Bounds ends;
    for_each_edge([&](Vec3 const& point) {
      starts.include(travel_to_depth(point, request_.depth_range.start_um));
      ends.include(travel_to_depth(point, request_.depth_range.end_um));
    });
    bool const moves_deeper = starts.low < ends.low && starts.high < ends.high;
    if (!moves_deeper) {
      throw unseen("the wire's leading edge does not move towards larger depths");
    }
    return {starts.low, ends.high};
  }

  /// The widest depth range, counted from its end, that the wire's shadow covers for every pixel.
  [[nodiscard]] double shadow_width_um() const {
    double width = std::numeric_limits<double>::infinity();
    for_each_edge([&](Vec3 const& point) {
      auto const wire = line_.at(travel_to_depth(point, request_.depth_range.end_um));
      width = std::min(width, request_.depth_range.end_um - edge_depth_um(point.y, point.z, wire, trailing_));
    });
    return width;
  }

  /// Throws unless depths grow from step to step everywhere.
  void check_depths_grow(double first_travel_um, double step_um) const {
    for_each_edge([&](Vec3 const& point) {
      double previous = -std::numeric_limits<double>::infinity();
      for (int image = 0; image < request_.images; ++image) {
        double const depth = edge_depth_um(point.y, point.z, line_.at(first_travel_um + image * step_um), leading_);
        bool const grows = depth > previous && depth < std::numeric_limits<double>::infinity();
        if (!grows) {
          throw unseen(fmt::format("at image {} the wire's leading edge shows no depth or a smaller one", image));
        }
        previous = depth;
      }
    });
  }

 private:
  /// Edges between pixels on a coarse grid over the image, its border included: depth varies slowly and nearly
  /// linearly.
  template <class Function>
  void for_each_edge(Function const& function) const {
    constexpr int parts = 8;
    for (int row_part = 0; row_part <= parts; ++row_part) {
      for (int column_part = 0; column_part <= parts; ++column_part) {
        function(pixel_position(geometry_.pixels, (request_.rows - 1) * row_part / static_cast<double>(parts),
                                request_.columns * column_part / static_cast<double>(parts) - 0.5));
      }
    }
  }

  /// Where the wire has to be for its leading edge to show `depth_um`: the wire's centre then lies one radius beside
  /// the ray from the point to the beam. Of the two sides the one that the depth formula confirms is meant.
  [[nodiscard]] double travel_to_depth(Vec3 const& point, double depth_um) const {
    double const beam_y = depth_um * geometry_.beam.y;
    double const beam_z = depth_um * geometry_.beam.z;
    double const length = std::hypot(point.y - beam_y, point.z - beam_z);
    double const ray_y = (point.y - beam_y) / length;
    double const ray_z = (point.z - beam_z) / length;
    double const at_origin = ray_y * (line_.origin.z_um - beam_z) - ray_z * (line_.origin.y_um - beam_y);
    double const per_um = ray_y * line_.per_um.z_um - ray_z * line_.per_um.y_um;
    for (double const distance : {-geometry_.wire_radius_um, geometry_.wire_radius_um}) {
      double const travel = (distance - at_origin) / per_um;
      double const depth = edge_depth_um(point.y, point.z, line_.at(travel), leading_);
      constexpr double tolerance_um = 1e-4;
      if (std::abs(depth - depth_um) < tolerance_um) {
        return travel;
      }
    }
    throw unseen(fmt::format("a depth of {:g} um is hidden from a pixel at every position of the wire", depth_um));
  }

  [[nodiscard]] Error unseen(std::string_view why) const {
    return bad_input(fmt::format("depth range {:g}:{:g} um cannot be scanned for this part of the detector",
                                 request_.depth_range.start_um, request_.depth_range.end_um),
                     why, "choose another region of interest, detector or depth range");
  }

  WirePathRequest const& request_;
  Vec3 raw_origin_;
  ScanGeometry geometry_;
  WireLine line_;
  DepthFormula leading_{};
  DepthFormula trailing_{};
};

double round_up_to_nanometre(double length_um) { return std::ceil(length_um * 1000.0) / 1000.0; }

/// The step to take. Throws when the scan is too short.
double choose_step(WirePathRequest const& request, double travel_um) {
  int const usable_steps = request.images - 1 - 2 * margin_steps;
  double const step_needed_um = usable_steps > 0 ? round_up_to_nanometre(travel_um / usable_steps) : 0.0;
  std::string const range =
      fmt::format("depth range {:g}:{:g} um", request.depth_range.start_um, request.depth_range.end_um);
  if (!request.step_um) {
    if (usable_steps <= 0) {
      throw bad_input(fmt::format("{} images are too few", request.images),
                      fmt::format("{} of them are margin", 2 * margin_steps),
                      fmt::format("use at least {} images", 2 * margin_steps + 2));
    }
    return step_needed_um;
  }
  double const step_um = *request.step_um;
  // A hair less than what was computed is as good: the margin is wide.
  if (usable_steps * step_um >= travel_um * (1.0 - 1e-9)) {
    return step_um;
  }
  auto const images_needed = std::ceil(travel_um / step_um) + 1.0 + 2.0 * margin_steps;
  auto const larger_step =
      usable_steps > 0 ? fmt::format(" or a wire step of at least {:g} um", step_needed_um) : std::string();
  throw bad_input(
      fmt::format("{} is not covered by {} images with a wire step of {:g} um", range, request.images, step_um),
      fmt::format("the wire has to travel {:.1f} um for all pixels, with {} steps of margin at each end", travel_um,
                  margin_steps),
      fmt::format("use at least {:.10g} images{}", images_needed, larger_step));
}

void check_shadow(WirePathRequest const& request, double shadow_um) {
  double const width = request.depth_range.end_um - request.depth_range.start_um;
  if (width <= shadow_um) {
    return;
  }
  throw bad_input(
      fmt::format("depth range {:g}:{:g} um is wider than the wire's shadow", request.depth_range.start_um,
                  request.depth_range.end_um),
      fmt::format("a wire of {:g} um shades {:.1f} um; behind it depths appear twice",
                  request.beamline.wire.diameter_um, shadow_um),
      fmt::format("use a depth range of at most {:.0f} um or a geometry with a thicker wire", std::floor(shadow_um)));
}

}  // namespace

WirePath plan_wire_path(WirePathRequest const& request) {
  Search const search(request);
  Bounds const travel = search.travel_over_range();
  check_shadow(request, search.shadow_width_um());
  WirePath path;
  path.step_um = choose_step(request, travel.high - travel.low);
  double const first_travel_um = (travel.low + travel.high) / 2.0 - (request.images - 1) / 2.0 * path.step_um;
  search.check_depths_grow(first_travel_um, path.step_um);
  // Two elements before the first image (one belongs to frame 0) and one behind the last.
  for (int element = 0; element < request.images + 3; ++element) {
    path.raw_um.push_back(raw_at(search.raw_origin(), first_travel_um + (element - 2) * path.step_um));
  }
  return path;
}

}  // namespace lauebench
