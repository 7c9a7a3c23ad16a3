#pragma once

#include <string>

namespace lauebench {

/// A number for people: at least `digits` significant digits, never a power of ten, no zeros at the end of a fraction.
/// plain_number(1234.5, 3) is "1234", plain_number(0.5, 3) is "0.5". `digits` >= 1.
[[nodiscard]] std::string plain_number(double value, int digits);

}  // namespace lauebench
