#pragma once

#include <string>

namespace lauebench::test {

/// A measured figure beside what is required of it.
struct Figure {
  enum class Required { at_least, at_most, nothing };

  std::string name;  ///< the row of tests/performance/table that it belongs to
  double value = 0.0;
  Required required = Required::nothing;
  double bound = 0.0;  ///< without the allowance that gates give a noisy machine
  std::string detail;  ///< what it was made from
};

/// On stdout, on a line of its own that tests/performance/table reads: "figure: " and a JSON object.
void print_figure(Figure const& figure);

}  // namespace lauebench::test
