#include "io/scan_metadata.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/hdf5_types.hpp"

namespace lauebench {

namespace {

std::string unusable(std::string const& name) { return fmt::format("scan '{}' cannot be used", name); }

std::optional<int> region_entry(hdf5::Handle const& file, std::string const& name, std::string_view entry,
                                int smallest) {
  auto const path = fmt::format("/entry1/detector/{}", entry);
  auto const numbers = hdf5::find_numbers(file, path, unusable(name));
  if (!numbers) {
    return std::nullopt;
  }
  if (numbers->count != 1) {
    throw bad_input(unusable(name), fmt::format("{} has {} elements", path, numbers->count), "expected one number");
  }
  double const value = numbers->read().front();
  bool const in_range = value >= smallest && value <= INT_MAX;  // false for what is not a number
  if (!in_range || value != std::floor(value)) {
    throw bad_input(unusable(name), fmt::format("{} is {}", path, value),
                    fmt::format("expected a whole number >= {}", smallest));
  }
  return static_cast<int>(value);
}

/// The dataset called `entry` under /entry1/wire or directly under /entry1.
std::optional<hdf5::NumberDataset> find_wire_entry(hdf5::Handle const& file, std::string const& name,
                                                   std::string const& entry) {
  auto found = hdf5::find_numbers(file, "/entry1/wire/" + entry, unusable(name));
  return found ? std::move(found) : hdf5::find_numbers(file, "/entry1/" + entry, unusable(name));
}

void require_finite(double value, std::string const& name, std::string const& path, std::size_t element) {
  if (!std::isfinite(value)) {
    throw bad_input(unusable(name), fmt::format("element {} of {} is {}", element, path, value),
                    "expected wire positions that are finite numbers");
  }
}

/// Raw positions along one axis, one per image.
std::vector<double> read_axis(hdf5::Handle const& file, std::string const& name, char axis, int stored_frames) {
  auto const images = static_cast<std::size_t>(stored_frames - 1);
  auto const expected = static_cast<hsize_t>(stored_frames) + 2;
  auto found = find_wire_entry(file, name, fmt::format("wire{}", axis));
  bool const is_vector = found && found->count == expected;
  if (found && !is_vector && found->count != 1) {
    throw bad_input(unusable(name), fmt::format("{} has {} elements", found->path, found->count),
                    fmt::format("{} frames need {}, or one for a constant", stored_frames, expected));
  }
  if (is_vector) {
    // Frame s belongs to element s + 1, and image k is frame k + 1.
    auto const values = found->read();
    std::vector<double> positions(values.begin() + 2, values.begin() + 2 + static_cast<std::ptrdiff_t>(images));
    for (std::size_t k = 0; k < images; ++k) {
      require_finite(positions[k], name, found->path, k + 2);
    }
    return positions;
  }
  if (!found) {
    found = find_wire_entry(file, name, fmt::format("wirebase{}", axis));
  }
  if (!found) {
    return std::vector<double>(images, 0.0);
  }
  if (found->count != 1) {
    throw bad_input(unusable(name), fmt::format("{} has {} elements", found->path, found->count),
                    "expected one number");
  }
  double const constant = found->read().front();
  require_finite(constant, name, found->path, 0);
  return std::vector<double>(images, constant);
}

/// The region along one axis and the number of pixels that were stored.
struct RegionExtent {
  char axis = 'x';
  std::string_view pixels_name;
  int start = 0;
  std::optional<int> end;
  int bin = 1;
  int pixels = 0;
};

/// A last bin that is not whole is not stored.
void require_extent(ScanInfo const& info, RegionExtent const& extent) {
  if (!extent.end || (std::int64_t{*extent.end} - extent.start + 1) / extent.bin == extent.pixels) {
    return;
  }
  throw bad_input(
      unusable(info.path.string()),
      fmt::format("start{0} {1}, end{0} {2} and bin{0} {3} in /entry1/detector make {4} {5}, but {6} has {7}",
                  extent.axis, extent.start, *extent.end, extent.bin,
                  (std::int64_t{*extent.end} - extent.start + 1) / extent.bin, extent.pixels_name, stack_path,
                  extent.pixels),
      "correct the region of interest, or give the frames that belong to it");
}

}  // namespace

DetectorRegion read_region(hdf5::Handle const& file, std::string const& name) {
  DetectorRegion region;
  auto const entry = [&](std::string_view which, int smallest) { return region_entry(file, name, which, smallest); };
  region.start_x = entry("startx", 0).value_or(region.start_x);
  region.start_y = entry("starty", 0).value_or(region.start_y);
  region.bin_x = entry("binx", 1).value_or(region.bin_x);
  region.bin_y = entry("biny", 1).value_or(region.bin_y);
  region.end_x = entry("endx", 0);
  region.end_y = entry("endy", 0);
  region.full_x = entry("Nx", 1);
  region.full_y = entry("Ny", 1);
  return region;
}

void require_region_of_frames(ScanInfo const& info) {
  DetectorRegion const& region = info.region;
  require_extent(info, {'x', "columns", region.start_x, region.end_x, region.bin_x, info.columns});
  require_extent(info, {'y', "rows", region.start_y, region.end_y, region.bin_y, info.rows});
}

std::vector<Vec3> read_wire_positions(hdf5::Handle const& file, std::string const& name, int stored_frames) {
  auto const x = read_axis(file, name, 'X', stored_frames);
  auto const y = read_axis(file, name, 'Y', stored_frames);
  auto const z = read_axis(file, name, 'Z', stored_frames);
  std::vector<Vec3> positions(x.size());
  for (std::size_t k = 0; k < positions.size(); ++k) {
    positions[k] = {x[k], y[k], z[k]};
  }
  return positions;
}

void refuse_uncorrected_positioner(hdf5::Handle const& file, std::string const& name) {
  constexpr int first = 2006 * 12 + 5;
  constexpr int last = 2009 * 12 + 9;
  auto const text = hdf5::text_attribute(file, "file_time");
  if (!text) {
    return;
  }
  auto const* const end = text->data() + text->size();
  auto const* position = std::find_if(text->data(), end, [](char c) { return c != ' ' && c != '\t'; });
  int year = 0;
  int month = 0;
  auto const parsed_year = std::from_chars(position, end, year);
  if (parsed_year.ec != std::errc{} || parsed_year.ptr == end || *parsed_year.ptr != '-') {
    return;
  }
  auto const parsed_month = std::from_chars(parsed_year.ptr + 1, end, month);
  bool const is_date = parsed_month.ec == std::errc{} && month >= 1 && month <= 12 && year >= 1900 && year <= 9999;
  if (is_date && year * 12 + month >= first && year * 12 + month <= last) {
    throw bad_input(unusable(name), fmt::format("its file_time is {}", hdf5::one_line(*text)),
                    "wire positions of May 2006 to September 2009 need a correction that this program does not have; "
                    "use a scan of another time");
  }
}

}  // namespace lauebench
