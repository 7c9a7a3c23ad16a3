#include "io/found_images.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "config/error.hpp"
#include "config/option_entries.hpp"
#include "io/depth_claim.hpp"
#include "io/hdf5_types.hpp"
#include "io/part_file.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view give_base = "give the beginning of the files' paths, as reconstruct's --output";

std::string problem_of(fs::path const& base) { return fmt::format("cannot use depth images '{}'", base.string()); }

OutputLayout layout_of(fs::path const& base) {
  auto const first = depth_file_path(base, 0);
  auto const stack = depth_stack_path(base);
  bool const has_files = is_depth_image(first);
  bool const is_shared = is_shared_stack(stack);
  bool const has_stack = is_shared || is_depth_stack(stack);
  if (has_files && has_stack) {
    throw bad_input(problem_of(base), fmt::format("there are '{}' and '{}'", first.string(), stack.filename().string()),
                    "choose with --input-layout");
  }
  if (!has_files && !has_stack) {
    throw bad_input(problem_of(base),
                    fmt::format("neither is '{}' a depth image nor '{}' a stack of them", first.string(),
                                stack.filename().string()),
                    give_base);
  }
  if (has_files) {
    return OutputLayout::per_depth;
  }
  return is_shared ? OutputLayout::shared : OutputLayout::per_rank;
}

/// Depths of one file, um.
std::vector<double> depths_of(fs::path const& file, std::string const& problem) {
  hdf5::Scope const scope;
  auto const depths = hdf5::find_numbers(hdf5::open_for_reading(file), depth_path, problem);
  if (!depths) {
    throw bad_input(problem, fmt::format("'{}' has no {}", file.string(), depth_path), give_base);
  }
  return depths->read();
}

/// Part 0 is there as long as not all depth files have their final names.
void require_published(fs::path const& base) {
  auto const part = part_of(depth_file_path(base, 0));
  std::error_code unreadable;
  if (fs::exists(fs::symlink_status(part, unreadable))) {
    throw bad_input(problem_of(base), fmt::format("'{}' says that they are not complete", part.string()),
                    "wait until the reconstruction has ended, or make them anew if it was killed");
  }
}

/// As the table of their summary tells; empty: there is none.
std::optional<int> depths_in_summary(fs::path const& base) {
  std::ifstream summary(base.string() + "summary.txt");
  std::optional<int> depths;
  for (std::string line; std::getline(summary, line);) {
    if (depths && !line.empty()) {
      ++*depths;
    } else if (line.find("total_intensity_counts") != std::string::npos) {
      depths = 0;
    }
  }
  return depths;
}

/// An earlier reconstruction with more depths leaves its last files beside those of a later one.
void require_of_one_reconstruction(fs::path const& base, int files) {
  auto const depths = depths_in_summary(base);
  if (depths && *depths != files) {
    throw bad_input(problem_of(base), fmt::format("there are {} files, and their summary is of {}", files, *depths),
                    "remove the files of another reconstruction, or make them anew");
  }
}

/// Of all depth files from 0 on.
std::vector<double> depths_of_files(fs::path const& base) {
  require_published(base);
  std::vector<double> depths_um;
  for (int m = 0; is_depth_image(depth_file_path(base, m)); ++m) {
    depths_um.push_back(depths_of(depth_file_path(base, m), problem_of(base)).front());
  }
  int const count = static_cast<int>(depths_um.size());
  int const last = last_depth_file(base);
  if (last >= count) {
    throw bad_input(problem_of(base),
                    fmt::format("there is '{}', and '{}' is missing or no depth image",
                                depth_file_path(base, last).string(), depth_file_path(base, count).filename().string()),
                    "make them anew, or move what does not belong to them away");
  }
  require_of_one_reconstruction(base, count);
  return depths_um;
}

}  // namespace

DepthGrid grid_of(std::vector<double> const& depths_um, std::string_view problem) {
  auto const count = static_cast<int>(depths_um.size());
  double const start_um = depths_um.front();
  double const mean_um = count == 1 ? 1.0 : (depths_um.back() - start_um) / (count - 1);
  auto const deviation_um = [&](double resolution_um) {
    DepthGrid const grid{start_um, resolution_um, count};
    double most_um = 0.0;
    for (int m = 0; m < count; ++m) {
      most_um = std::max(most_um, std::abs(grid.depth_um(m) - depths_um[static_cast<std::size_t>(m)]));
    }
    return most_um;
  };
  // A resolution is given with a few digits, which rounding of the depths hides.
  double best_um = mean_um;
  for (int const digits : {15, 12, 9, 6}) {
    double rounded_um = mean_um;
    auto const text = fmt::format("{:.{}g}", mean_um, digits);
    std::from_chars(text.data(), text.data() + text.size(), rounded_um);
    best_um = deviation_um(rounded_um) <= deviation_um(best_um) ? rounded_um : best_um;
  }
  bool const is_even = best_um > 0.0 && deviation_um(best_um) <= 1e-6 * best_um;
  if (!is_even) {
    throw bad_input(problem, "their depths are not evenly spaced", "convert those of one reconstruction");
  }
  return {start_um, best_um, count};
}

namespace {

/// Throws unless the first file is what files of the layout are.
void require_layout(StoredDepthImages const& images) {
  auto const first = images.file(0);
  auto const require = [&](bool is_one, std::string_view what) {
    if (!is_one) {
      throw bad_input(problem_of(images.base), fmt::format("'{}' is not {}", first.string(), what), give_base);
    }
  };
  switch (images.layout) {
    case OutputLayout::per_depth:
      return require(is_depth_image(first), "a depth image");
    case OutputLayout::per_rank:
      return require(is_depth_stack(first), "a stack of depth images");
    case OutputLayout::shared:
      return require(is_shared_stack(first), "a file of several ranks' depth images");
  }
}

void require_rank(StoredDepthImages const& images, std::optional<int> rank, ImagePlace const& place) {
  if (rank && !place.ranks) {
    throw bad_input(problem_of(images.base), "--rank is given, and they are of one reconstruction", "leave it out");
  }
  if (place.ranks && static_cast<std::uint64_t>(images.rank) >= *place.ranks) {
    throw bad_input(
        problem_of(images.base),
        fmt::format("'{}' has {}, and none is {}", images.file(0).string(), plural(*place.ranks, "rank"), images.rank),
        "give a smaller --rank");
  }
}

}  // namespace

FoundImages find_images(fs::path const& base, std::optional<OutputLayout> layout, std::optional<int> rank) {
  FoundImages found;
  found.images.base = base;
  found.images.layout = layout ? *layout : layout_of(base);
  found.images.rank = rank.value_or(0);
  auto const first = found.images.file(0);
  require_layout(found.images);
  auto const depths_um =
      found.images.layout == OutputLayout::per_depth ? depths_of_files(base) : depths_of(first, problem_of(base));
  ImagePlace const place = place_of_image(first);
  require_rank(found.images, rank, place);
  for (auto const extent : {place.rows, place.columns}) {
    if (extent < 1 || extent > std::numeric_limits<int>::max()) {
      throw bad_input(problem_of(base),
                      fmt::format("'{}' has {} x {} pixels", first.string(), place.rows, place.columns), give_base);
    }
  }
  found.depths = grid_of(depths_um, problem_of(base));
  found.element_type = place.type;
  found.images.count = found.depths.count;
  found.images.rows = static_cast<int>(place.rows);
  found.images.columns = static_cast<int>(place.columns);
  return found;
}

}  // namespace lauebench
