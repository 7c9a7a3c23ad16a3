#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "config/error.hpp"

namespace lauebench {

/// Whether work that is under way is to end before it is done, which it looks at between its pieces. Several threads
/// may ask at once.
class Cancellation {
 public:
  /// Never.
  Cancellation() = default;

  /// `why` returns what the work ends with, or nothing as long as it goes on.
  explicit Cancellation(std::function<std::optional<Error>()> why) : why_(std::move(why)) {}

  [[nodiscard]] bool is_due() const { return why_ && why_().has_value(); }

  void throw_if_due() const {
    if (auto const error = why_ ? why_() : std::nullopt) {
      throw *error;
    }
  }

 private:
  std::function<std::optional<Error>()> why_;
};

}  // namespace lauebench
