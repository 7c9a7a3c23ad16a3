#include "bench/launch_scans.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "bench/output_file.hpp"
#include "config/error.hpp"
#include "staging/own_names.hpp"

namespace lauebench {
namespace {

std::string shape_text(ReconstructionNeeds const& needs) {
  return fmt::format("{} images of {} x {} pixels, {}", needs.images, needs.rows, needs.columns,
                     to_string(needs.element_type));
}

}  // namespace

void require_different_scans(std::vector<std::filesystem::path> const& scans) {
  for (auto scan = scans.begin(); scan != scans.end(); ++scan) {
    auto const same =
        std::find_if(scans.begin(), scan, [&scan](auto const& earlier) { return is_same_file(earlier, *scan); });
    if (same != scan) {
      throw bad_input(fmt::format("cannot use scans '{}' and '{}'", same->string(), scan->string()),
                      "they are the same file", "name each scan once");
    }
  }
}

ReconstructionNeeds join_needs(std::vector<std::filesystem::path> const& scans,
                               std::vector<ReconstructionNeeds> const& needs) {
  ReconstructionNeeds joint = needs.front();
  std::string const shape = shape_text(joint);
  for (std::size_t scan = 1; scan < scans.size(); ++scan) {
    ReconstructionNeeds const& next = needs[scan];
    if (shape_text(next) != shape) {
      throw bad_input(
          fmt::format("cannot use scans '{}' and '{}' in one launch", scans[0].string(), scans[scan].string()),
          fmt::format("ranks would not do the same work: {}; {}", shape, shape_text(next)),
          "give scans of one shape and element type");
    }
    if (next.frames == StoredFrames::filtered) {
      joint.frames = StoredFrames::filtered;
    }
    joint.input_bytes = std::max(joint.input_bytes, next.input_bytes);
    joint.output_bytes = std::max(joint.output_bytes, next.output_bytes);
  }
  return joint;
}

std::string replicas_of(std::size_t scan, std::size_t scans, Plan const& plan) {
  std::string list;
  for (int i = 0; i < plan.replicas; ++i) {
    if (scan_of_replica(i, scans) == scan) {
      list.append(fmt::format("{}{}", list.empty() ? "" : ", ", i));
    }
  }
  return list;
}

}  // namespace lauebench
