#include "reconstruct/stripe_plan.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "config/error.hpp"
#include "config/units.hpp"

namespace lauebench {
namespace {

constexpr int lane_rows = 16;  // a stripe's last block of lanes should be full

[[noreturn]] void refuse(int rows, std::uint64_t needed_bytes, std::uint64_t limit_bytes) {
  throw bad_input(fmt::format("a stripe of {} row{} does not fit the memory limit", rows, rows == 1 ? "" : "s"),
                  needed_and_allowed(needed_bytes, limit_bytes),
                  "raise --memory-limit-mb, or ask for fewer depths or rows per stripe");
}

int divided_up(int rows, int parts) { return rows / parts + (rows % parts == 0 ? 0 : 1); }

/// Stripes in memory when `height` of `rows` make one.
int buffers_for(int height, int rows) { return height < rows ? 2 : 1; }

/// The largest part of `rows` that fits twice, 0 when none does.
int tallest_part(int rows, StripeCost const& cost, std::uint64_t limit_bytes) {
  int fits = 0;
  int most = rows - 1;
  while (fits < most) {
    int const middle = most - (most - fits) / 2;  // nearer to `most`, and never beyond it
    if (cost.of(middle, 2) <= limit_bytes) {
      fits = middle;
    } else {
      most = middle - 1;
    }
  }
  return fits;
}

/// Height of even stripes, at least `stripes` of them, none taller than `most`.
int even_height(int rows, int most, int stripes, int row_unit) {
  int const even = divided_up(rows, std::max(divided_up(rows, most), stripes));  // the last stripe is not a sliver
  for (int const unit : {std::lcm(lane_rows, row_unit), row_unit > 1 ? row_unit : lane_rows, lane_rows}) {
    if (unit <= most) {
      return std::min(divided_up(even, unit), most / unit) * unit;
    }
  }
  return even;
}

int asked_height(int asked, int rows, StripeCost const& cost, std::uint64_t limit_bytes) {
  int const height = std::min(asked, rows);
  std::uint64_t const needed = cost.of(height, buffers_for(height, rows));
  if (needed > limit_bytes) {
    refuse(height, needed, limit_bytes);
  }
  return height;
}

int best_height(int rows, StripeCost const& cost, std::uint64_t limit_bytes, StripeWish const& wish) {
  int const stripes = std::min({wish.stripes, divided_up(rows, lane_rows), std::max(1, rows / wish.row_unit)});
  bool const fits_whole = cost.of(rows, 1) <= limit_bytes;
  int const most = tallest_part(rows, cost, limit_bytes);
  if (fits_whole && (stripes == 1 || most == 0)) {
    return rows;
  }
  if (most == 0) {
    refuse(1, cost.of(1, buffers_for(1, rows)), limit_bytes);
  }
  return even_height(rows, most, stripes, wish.row_unit);
}

/// Stripes of `height` in bands of `unit` rows, where such bands are even and fit.
std::optional<StripePlan> bands_of(int height, int rows, int unit, StripeCost const& cost, std::uint64_t limit_bytes) {
  if (height >= unit || (unit < rows && unit % height != 0)) {
    return std::nullopt;
  }
  StripePlan const plan{height, divided_up(rows, height), buffers_for(height, rows), divided_up(unit, height)};
  auto const frame_rows = std::min<std::int64_t>(rows, std::int64_t{plan.rows_per_band()} * plan.frame_buffers());
  bool const fits = cost.of(height, frame_rows, std::int64_t{height} * plan.buffers) <= limit_bytes;
  return fits ? std::optional(plan) : std::nullopt;
}

/// The tallest stripes that are no taller than the wish has them and can be read in bands.
std::optional<StripePlan> best_bands(int rows, StripeCost const& cost, std::uint64_t limit_bytes,
                                     StripeWish const& wish) {
  int const unit = std::min(wish.row_unit, rows);
  if (wish.bands == Bands::none) {
    return std::nullopt;
  }
  if (wish.rows) {
    return bands_of(*wish.rows, rows, unit, cost, limit_bytes);
  }
  int const even = divided_up(rows, std::min(wish.stripes, divided_up(rows, lane_rows)));
  for (int height = divided_up(even, lane_rows) * lane_rows; height >= lane_rows; height -= lane_rows) {
    if (height >= unit) {
      return std::nullopt;  // a stripe of this height holds whole units
    }
    if (auto const plan = bands_of(height, rows, unit, cost, limit_bytes)) {
      return plan;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string needed_and_allowed(std::uint64_t needed_bytes, std::uint64_t limit_bytes) {
  return fmt::format("{} MiB needed, {} MiB allowed", (needed_bytes + bytes_per_mib - 1) / bytes_per_mib,
                     limit_bytes / bytes_per_mib);
}

StripePlan plan_stripes(int rows, StripeCost const& cost, std::uint64_t limit_bytes, StripeWish const& wish) {
  if (auto const plan = best_bands(rows, cost, limit_bytes, wish)) {
    return *plan;
  }
  int const height =
      wish.rows ? asked_height(*wish.rows, rows, cost, limit_bytes) : best_height(rows, cost, limit_bytes, wish);
  return {height, divided_up(rows, height), buffers_for(height, rows)};
}

}  // namespace lauebench
