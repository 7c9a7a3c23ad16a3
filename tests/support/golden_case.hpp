#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace lauebench::test {

/// An input with the depth images that the established program (reconstructN_cpu of laue-analysis) made of it.
struct GoldenCase {
  std::string name;
  std::filesystem::path scan;
  std::filesystem::path geometry;
  ReconstructionParameters parameters;
  std::vector<double> expected;  ///< [depths][rows][columns]
  std::vector<double> depths_um;
};

/// Names of the cases in tests/data/golden, sorted.
[[nodiscard]] std::vector<std::string> golden_case_names();

/// Throws std::runtime_error when the case cannot be read.
[[nodiscard]] GoldenCase read_golden_case(std::string const& name);

}  // namespace lauebench::test
