#include "bench/accuracy_lines.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/plain_number.hpp"

namespace lauebench {
namespace {

constexpr int digits = 4;

std::string depth_text(DepthAccuracy const& accuracy) {
  return accuracy.depth_error_um_rms && accuracy.depth_error_um_max
             ? fmt::format("depth error {} um RMS, {} um at most", plain_number(*accuracy.depth_error_um_rms, digits),
                           plain_number(*accuracy.depth_error_um_max, digits))
             : "no depth";
}

std::string accuracy_text(DepthAccuracy const& accuracy) {
  return fmt::format("accuracy of {} of {} grains: {}, {} of the intensity", accuracy.grains_judged,
                     accuracy.grains_judged + accuracy.grains_left_out, depth_text(accuracy),
                     plain_number(accuracy.intensity_recovered, digits));
}

/// One accuracy, and the points that have it.
struct Line {
  std::string text;
  std::vector<std::string> points{};
};

}  // namespace

std::string accuracy_lines(std::span<PointResult const> results) {
  std::vector<Line> lines;  // in the order of the grid
  for (PointResult const& result : results) {
    for (DepthAccuracy const& accuracy : result.accuracies()) {
      std::string text = accuracy_text(accuracy);
      auto line = std::ranges::find(lines, text, &Line::text);
      if (line == lines.end()) {
        line = lines.insert(line, {std::move(text)});
      }
      line->points.push_back(result.point().id);
    }
  }
  std::string shown;
  for (Line const& line : lines) {
    shown += fmt::format("{}: {}\n", line.text, fmt::join(line.points, ", "));
  }
  return shown;
}

}  // namespace lauebench
