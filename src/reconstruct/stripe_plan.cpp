#include "reconstruct/stripe_plan.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

constexpr int lane_rows = 16;  // a stripe's last block of lanes should be full
constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

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
  int const stripes = std::min(wish.stripes, divided_up(rows, lane_rows));
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

}  // namespace

std::string needed_and_allowed(std::uint64_t needed_bytes, std::uint64_t limit_bytes) {
  return fmt::format("{} MiB needed, {} MiB allowed", (needed_bytes + mib - 1) / mib, limit_bytes / mib);
}

StripePlan plan_stripes(int rows, StripeCost const& cost, std::uint64_t limit_bytes, StripeWish const& wish) {
  int const height =
      wish.rows ? asked_height(*wish.rows, rows, cost, limit_bytes) : best_height(rows, cost, limit_bytes, wish);
  return {height, divided_up(rows, height), buffers_for(height, rows)};
}

}  // namespace lauebench
