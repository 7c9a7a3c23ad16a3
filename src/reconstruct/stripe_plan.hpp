#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace lauebench {

/// What a stripe costs, bytes.
struct StripeCost {
  std::uint64_t fixed = 0;  ///< whatever the stripes' height: what the process holds, buffers, the cutoff's selection
  std::uint64_t frames_per_row = 0;
  std::uint64_t images_per_row = 0;
  std::function<std::uint64_t(int rows)> workspace;  ///< of the kernel; grows with rows

  /// Of stripes of `rows` when frames of `frame_rows` and images of `image_rows` are in memory.
  [[nodiscard]] std::uint64_t of(int rows, std::int64_t frame_rows, std::int64_t image_rows) const {
    return fixed + frames_per_row * static_cast<std::uint64_t>(frame_rows) +
           images_per_row * static_cast<std::uint64_t>(image_rows) + workspace(rows);
  }

  /// When `buffers` stripes are in memory.
  [[nodiscard]] std::uint64_t of(int rows, int buffers) const {
    return of(rows, std::int64_t{rows} * buffers, std::int64_t{rows} * buffers);
  }
};

/// Whether one read may fill the frames of several stripes.
enum class Bands : std::uint8_t { none, allowed };

/// What is known of the reading: how stripes had best be cut where memory leaves the choice.
struct StripeWish {
  std::optional<int> rows;  ///< of a stripe, as the user asked
  int stripes = 1;          ///< at least, so that reading, computing and writing overlap
  int row_unit = 1;         ///< reads that begin at its multiples read nothing twice
  Bands bands = Bands::none;
};

/// How `rows` detector rows are cut into stripes.
struct StripePlan {
  int rows_per_stripe = 0;
  int stripes = 0;
  int buffers = 1;  ///< stripes in memory: one that is computed, and with several stripes one that is read or written
  int stripes_per_read = 1;  ///< stripes whose frames are read together, a band: from rows that come together

  [[nodiscard]] int bands() const { return (stripes - 1) / stripes_per_read + 1; }
  [[nodiscard]] int rows_per_band() const { return rows_per_stripe * stripes_per_read; }

  /// Bands whose frames are in memory: one that is computed, and with several bands one that is read.
  [[nodiscard]] int frame_buffers() const { return std::min(bands(), buffers); }
};

/// Stripes as the wish has them, or as tall as `limit_bytes` allows. Rows come in multiples of the kernel's lanes and
/// of the wish's unit where there are several stripes and that fits. Where the unit is taller than a stripe should be,
/// whole units make a band if their frames fit: read once, and computing and writing overlap all the same. Throws Error
/// (bad_input) when one row, or the stripe asked for, does not fit, saying how much is needed.
[[nodiscard]] StripePlan plan_stripes(int rows, StripeCost const& cost, std::uint64_t limit_bytes,
                                      StripeWish const& wish);

/// "70 MiB needed, 64 MiB allowed"; never says that what is needed is allowed.
[[nodiscard]] std::string needed_and_allowed(std::uint64_t needed_bytes, std::uint64_t limit_bytes);

}  // namespace lauebench
