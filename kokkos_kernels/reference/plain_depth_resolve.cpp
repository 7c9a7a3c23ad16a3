#include "kokkos_kernels/reference/plain_depth_resolve.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kokkos_kernels/element_access.hpp"
#include "kokkos_kernels/wire_geometry.hpp"

namespace lauebench::kernels {
namespace {

/// 0 up to start, rises to 1 at full_start, stays 1 up to full_end, falls to 0 at end; um.
struct Trapezoid {
  double start;
  double full_start;
  double full_end;
  double end;
};

double overlap(double a0, double a1, double b0, double b1) {
  return std::max(0.0, std::min(a1, b1) - std::max(a0, b0));
}

/// Area of a line from (x0, y0) to (x1, y1), x0 <= x1, that lies within [low, high].
double area_under_line(double x0, double y0, double x1, double y1, double low, double high) {
  double const length = overlap(x0, x1, low, high);
  if (length <= 0.0) {
    return 0.0;
  }
  double const middle = std::max(x0, low) + 0.5 * length;
  return length * (y0 + (y1 - y0) * (middle - x0) / (x1 - x0));
}

double area_within(Trapezoid const& t, double low, double high) {
  return area_under_line(t.start, 0.0, t.full_start, 1.0, low, high) + overlap(t.full_start, t.full_end, low, high) +
         area_under_line(t.full_end, 1.0, t.end, 0.0, low, high);
}

class PlainResolver {
 public:
  PlainResolver(ReconstructionJob const& job, Stripe const& stripe) : job_(job), stripe_(stripe) {}

  void resolve_pixel(int row, int column) {
    depth_intensity_.assign(static_cast<std::size_t>(job_.depths.count), 0.0);
    load_series(row, column);
    if (series_.front() >= job_.cutoff) {
      if (job_.cosmic_filter == CosmicFilter::on) {
        filter_series();
      }
      if (job_.wire_edge != WireEdge::trailing) {
        share_out(row, column, TangentSide::leading);
      }
      if (job_.wire_edge != WireEdge::leading) {
        share_out(row, column, TangentSide::trailing);
      }
    }
    store(row, column);
  }

 private:
  void load_series(int row, int column) {
    series_.resize(job_.geometry.wire.size());
    for (std::size_t k = 0; k < series_.size(); ++k) {
      series_[k] = load_element(stripe_.frames, job_.input_type, place(k, stripe_.frame_pitch(), row, column));
    }
  }

  /// `pitch`: rows from one image to the next.
  [[nodiscard]] std::size_t place(std::size_t image, std::size_t pitch, int row, int column) const {
    auto const columns = static_cast<std::size_t>(job_.columns);
    return (image * pitch + static_cast<std::size_t>(row)) * columns + static_cast<std::size_t>(column);
  }

  static double median(double a, double b, double c) { return std::max(std::min(a, b), std::min(std::max(a, b), c)); }

  // written apart from the kernel's filter on purpose: one is the other's check
  void filter_series() {
    std::size_t const count = series_.size() - 1;
    std::vector<double> const raw(series_.begin(), series_.end());
    auto const left_of = [&](std::size_t i) { return median(raw[i - 3], raw[i - 2], raw[i - 1]); };
    auto const right_of = [&](std::size_t i) { return median(raw[i + 1], raw[i + 2], raw[i + 3]); };
    auto const stands_out = [](double value, double reference) {
      return value > reference + 5000.0 || value > 5.0 * reference;
    };
    for (std::size_t i = 3; i + 3 < count; ++i) {
      if (stands_out(raw[i], std::max(left_of(i), right_of(i)))) {
        series_[i] = 0.5 * (left_of(i) + right_of(i));
      }
    }
    for (std::size_t i = 0; i < 3; ++i) {
      if (stands_out(raw[i], left_of(3))) {
        series_[i] = left_of(3);
      }
    }
    std::size_t const last_centre = count - 4;
    for (std::size_t i = count - 3; i < count; ++i) {
      if (!stands_out(raw[i], right_of(last_centre))) {
        continue;
      }
      series_[i] = i + 1 == count ? left_of(last_centre) : right_of(last_centre);
    }
  }

  void share_out(int row, int column, TangentSide side) {
    DepthFormula const formula = make_depth_formula(job_.geometry.wire_radius_um, job_.geometry.beam, side);
    auto const& wire = job_.geometry.wire;
    Vec3 const back = pixel_position(job_.geometry.pixels, stripe_.first_row + row, column - 0.5);
    Vec3 const front = pixel_position(job_.geometry.pixels, stripe_.first_row + row, column + 0.5);
    std::size_t const differences = wire.size() - (job_.area_rule == AreaRule::conserving ? 1 : 3);
    for (std::size_t k = 0; k < differences; ++k) {
      double const change = series_[k] - series_[k + 1];
      if (change == 0.0 || !std::isfinite(change)) {
        continue;
      }
      double const ps = edge_depth_um(front.y, front.z, wire[k], formula);
      double const fs = edge_depth_um(back.y, back.z, wire[k], formula);
      double const pe = edge_depth_um(back.y, back.z, wire[k + 1], formula);
      double const fe = edge_depth_um(front.y, front.z, wire[k + 1], formula);
      if (std::isnan(ps) || std::isnan(fs) || std::isnan(pe) || std::isnan(fe)) {
        continue;
      }
      add_difference(side == TangentSide::leading ? change : -change, ps, fs, fe, pe);
    }
  }

  void add_difference(double change, double ps, double fs, double fe, double pe) {
    double const start = job_.depths.start_um;
    double const h = job_.depths.resolution_um;
    int const last = job_.depths.count - 1;
    if (pe < start || ps > start + last * h || !(pe > ps)) {
      return;
    }
    Trapezoid const t{ps, std::clamp(std::min(fs, fe), ps, pe), std::clamp(std::max(fs, fe), ps, pe), pe};
    double const base = 0.5 * (t.end - t.start);
    double const area = job_.area_rule == AreaRule::peer ? base : base + 0.5 * (t.full_end - t.full_start);
    int const first_bin =
        std::clamp(static_cast<int>(std::floor(std::clamp((ps - start) / h, -1.0, last + 1.0))), 0, last);
    int const last_bin =
        std::clamp(static_cast<int>(std::ceil(std::clamp((pe - start) / h, -1.0, last + 1.0))), 0, last);
    for (int m = first_bin; m <= last_bin; ++m) {
      double const part = area_within(t, start + (m - 0.5) * h, start + (m + 0.5) * h);
      if (part > 0.0) {
        depth_intensity_[static_cast<std::size_t>(m)] += change * part / area;
      }
    }
  }

  void store(int row, int column) {
    auto const rows = static_cast<std::size_t>(stripe_.rows);
    for (std::size_t m = 0; m < depth_intensity_.size(); ++m) {
      store_element(stripe_.images, job_.output_type, place(m, rows, row, column), depth_intensity_[m]);
    }
  }

  ReconstructionJob const& job_;
  Stripe const& stripe_;
  std::vector<double> series_;
  std::vector<double> depth_intensity_;
};

}  // namespace

void plain_depth_resolve(ReconstructionJob const& job, Stripe const& stripe) {
  PlainResolver resolver(job, stripe);
  for (int row = 0; row < stripe.rows; ++row) {
    for (int column = 0; column < job.columns; ++column) {
      resolver.resolve_pixel(row, column);
    }
  }
}

}  // namespace lauebench::kernels
