#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace lauebench {

/// What a stripe costs, bytes.
struct StripeCost {
  std::uint64_t fixed = 0;    ///< whatever the stripes' height: what the process holds, buffers, the cutoff's selection
  std::uint64_t per_row = 0;  ///< frames and depth images of one row
  std::function<std::uint64_t(int rows)> workspace;  ///< of the kernel; grows with rows

  [[nodiscard]] std::uint64_t of(int rows, int buffers) const {
    return fixed + per_row * static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(buffers) + workspace(rows);
  }
};

/// What is known of the reading: how stripes had best be cut where memory leaves the choice.
struct StripeWish {
  std::optional<int> rows;  ///< of a stripe, as the user asked
  int stripes = 1;          ///< at least, so that reading, computing and writing overlap
  int row_unit = 1;         ///< stripes that begin at its multiples read nothing twice
};

/// How `rows` detector rows are cut into stripes.
struct StripePlan {
  int rows_per_stripe = 0;
  int stripes = 0;
  int buffers = 1;  ///< stripes in memory: one that is computed, and with several stripes one that is read or written
};

/// Stripes as the wish has them, or as tall as `limit_bytes` allows. Rows come in multiples of the kernel's lanes and
/// of the wish's unit where there are several stripes and that fits. Throws Error (bad_input) when one row, or the
/// stripe asked for, does not fit, saying how much is needed.
[[nodiscard]] StripePlan plan_stripes(int rows, StripeCost const& cost, std::uint64_t limit_bytes,
                                      StripeWish const& wish);

/// "70 MiB needed, 64 MiB allowed"; never says that what is needed is allowed.
[[nodiscard]] std::string needed_and_allowed(std::uint64_t needed_bytes, std::uint64_t limit_bytes);

}  // namespace lauebench
