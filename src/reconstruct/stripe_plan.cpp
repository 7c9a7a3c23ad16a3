#include "reconstruct/stripe_plan.hpp"

#include <algorithm>

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

/// The largest number of rows that fits, 0 when none does.
int tallest(int rows, StripeCost const& cost, std::uint64_t limit_bytes) {
  int fits = 0;
  int most = rows;
  while (fits < most) {
    int const middle = most - (most - fits) / 2;  // nearer to `most`, and never beyond `rows`
    if (cost.of(middle) <= limit_bytes) {
      fits = middle;
    } else {
      most = middle - 1;
    }
  }
  return fits;
}

}  // namespace

std::string needed_and_allowed(std::uint64_t needed_bytes, std::uint64_t limit_bytes) {
  return fmt::format("{} MiB needed, {} MiB allowed", (needed_bytes + mib - 1) / mib, limit_bytes / mib);
}

StripePlan plan_stripes(int rows, StripeCost const& cost, std::uint64_t limit_bytes, std::optional<int> asked) {
  int height = tallest(rows, cost, limit_bytes);
  if (height == 0) {
    refuse(1, cost.of(1), limit_bytes);
  }
  if (asked) {
    int const wanted = std::min(*asked, rows);
    if (wanted > height) {
      refuse(wanted, cost.of(wanted), limit_bytes);
    }
    height = wanted;
  } else if (height < rows) {
    int const stripes = divided_up(rows, height);
    int const even = divided_up(rows, stripes);  // the last stripe is not a sliver
    int const in_lanes = (even + lane_rows - 1) / lane_rows * lane_rows;
    height = in_lanes <= height ? in_lanes : even;
  }
  return {height, divided_up(rows, height)};
}

}  // namespace lauebench
