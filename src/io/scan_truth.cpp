#include "io/scan_truth.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/chunk_sizes.hpp"
#include "io/hdf5_items.hpp"
#include "io/hdf5_types.hpp"
#include "io/scan_truth_hdf5.hpp"

namespace lauebench {

namespace {

using hdf5::Handle;

/// A column of the grains' table: dataset, unit and member.
struct GrainColumn {
  char const* name;
  char const* units;
  double GrainTruth::*member;
};

constexpr std::array grain_columns{GrainColumn{"row", "pixel", &GrainTruth::row},
                                   GrainColumn{"column", "pixel", &GrainTruth::column},
                                   GrainColumn{"sigma_px", "pixel", &GrainTruth::sigma_px},
                                   GrainColumn{"amplitude_counts", "counts", &GrainTruth::amplitude_counts},
                                   GrainColumn{"depth_start_um", "micron", &GrainTruth::depth_start_um},
                                   GrainColumn{"depth_end_um", "micron", &GrainTruth::depth_end_um}};

/// Reads the parts of one simulation group; every failure names file and item.
class TruthSource {
 public:
  TruthSource(std::filesystem::path const& file, Handle const& group) : file_(file), group_(group) {}

  template <class Value>
  [[nodiscard]] Value attribute(char const* name, hid_t type) const {
    Handle const attribute = require(H5Aopen(group_.id(), name, H5P_DEFAULT), name);
    require_number(require(H5Aget_type(attribute.id()), name), name);
    static_cast<void>(require_count(require(H5Aget_space(attribute.id()), name), 1, 1, name));
    Value value{};
    check(H5Aread(attribute.id(), type, &value), name);
    return value;
  }

  [[nodiscard]] std::vector<double> column(char const* name) const {
    Handle const dataset = require(H5Dopen2(group_.id(), name, H5P_DEFAULT), name);
    require_number(require(H5Dget_type(dataset.id()), name), name);
    std::vector<double> values(require_count(require(H5Dget_space(dataset.id()), name), 0, most_grains, name));
    hdf5::require_whole_chunks(dataset, problem(name));
    check(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
    return values;
  }

  [[nodiscard]] std::string text(char const* name) const {
    Handle const dataset = require(H5Dopen2(group_.id(), name, H5P_DEFAULT), name);
    Handle const type = require(H5Dget_type(dataset.id()), name);
    std::size_t const size = H5Tget_size(type.id());
    if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) != 0 || size > most_text_bytes) {
      throw bad_input(problem(name), "it is no text of fixed length", what_to_do);
    }
    static_cast<void>(require_count(require(H5Dget_space(dataset.id()), name), 1, 1, name));
    std::string value(size, '\0');
    hdf5::require_whole_chunks(dataset, problem(name));
    check(H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, value.data()), name);
    value.erase(std::find(value.begin(), value.end(), '\0'), value.end());
    return value;
  }

  [[nodiscard]] std::string problem(char const* name) const {
    return fmt::format("cannot read '{}/{}' of '{}'", hdf5::simulation_group, name, file_.string());
  }

 private:
  static constexpr char const* what_to_do = "generate the scan again";
  /// What generated scans can have; a file of a few kilobytes can claim any number.
  static constexpr hssize_t most_grains = 1'000'000;
  static constexpr std::size_t most_text_bytes = 16 * 1024 * 1024;

  void require_number(Handle const& type, char const* name) const {
    auto const kind = H5Tget_class(type.id());
    if (kind != H5T_INTEGER && kind != H5T_FLOAT) {
      throw bad_input(problem(name), fmt::format("it is of type {}", hdf5::describe_type(type)), what_to_do);
    }
  }

  [[nodiscard]] std::size_t require_count(Handle const& space, hssize_t least, hssize_t most, char const* name) const {
    hssize_t const count = H5Sget_simple_extent_npoints(space.id());
    if (count < least || count > most) {
      throw bad_input(problem(name), fmt::format("it has {} elements, not {} to {}", count, least, most), what_to_do);
    }
    return static_cast<std::size_t>(count);
  }

  [[nodiscard]] Handle require(hid_t id, char const* name) const {
    return hdf5::require(id, problem(name), what_to_do);
  }
  void check(herr_t status, char const* name) const { hdf5::check(status, problem(name), what_to_do); }

  std::filesystem::path const& file_;
  Handle const& group_;
};

std::vector<GrainTruth> read_grains(TruthSource const& source) {
  std::vector<GrainTruth> grains(source.column(grain_columns.front().name).size());
  for (GrainColumn const& column : grain_columns) {
    auto const values = source.column(column.name);
    if (values.size() != grains.size()) {
      throw bad_input(source.problem(column.name),
                      fmt::format("it has {} elements, others have {}", values.size(), grains.size()),
                      "generate the scan again");
    }
    for (std::size_t grain = 0; grain < grains.size(); ++grain) {
      grains[grain].*column.member = values[grain];
    }
  }
  return grains;
}

}  // namespace

namespace hdf5 {

Handle make_truth_group(Handle const& entry) {
  Handle group = make_group(entry, "simulation");
  put_attribute(group, "generator", generator_mark);
  return group;
}

void write_scan_truth(Handle const& group, ScanTruth const& truth) {
  for (GrainColumn const& column : grain_columns) {
    std::vector<double> values(truth.grains.size());
    std::ranges::transform(truth.grains, values.begin(),
                           [&column](GrainTruth const& grain) { return grain.*column.member; });
    put_vector(group, column.name, values, column.units);
  }
  put_attribute(group, "generator_version", truth.generator_version);
  put_attribute(group, "seed", truth.seed);
  put_attribute(group, "poisson_noise", std::int32_t{truth.noise == CountNoise::poisson ? 1 : 0});
  put_attribute(group, "background_counts", truth.background_counts);
  put_attribute(group, "depth_start_um", truth.depth_start_um);
  put_attribute(group, "depth_end_um", truth.depth_end_um);
  put_attribute(group, "wire_step_um", truth.wire_step_um);
  put_attribute(group, "saturated_values", truth.saturated_values);
  put_text(group, "geometry", truth.geometry_text);
}

}  // namespace hdf5

std::optional<ScanTruth> read_scan_truth(std::filesystem::path const& scan) {
  hdf5::Scope const scope;
  Handle const file = hdf5::open_for_reading(scan);
  if (!hdf5::link_exists(file.id(), hdf5::simulation_group)) {
    return std::nullopt;
  }
  Handle const group = hdf5::require(H5Gopen2(file.id(), hdf5::simulation_group, H5P_DEFAULT),
                                     fmt::format("cannot read '{}' of '{}'", hdf5::simulation_group, scan.string()),
                                     "generate the scan again");
  TruthSource const source(scan, group);
  ScanTruth truth;
  truth.grains = read_grains(source);
  truth.background_counts = source.attribute<double>("background_counts", H5T_NATIVE_DOUBLE);
  truth.depth_start_um = source.attribute<double>("depth_start_um", H5T_NATIVE_DOUBLE);
  truth.depth_end_um = source.attribute<double>("depth_end_um", H5T_NATIVE_DOUBLE);
  truth.wire_step_um = source.attribute<double>("wire_step_um", H5T_NATIVE_DOUBLE);
  bool const has_noise = source.attribute<std::int32_t>("poisson_noise", H5T_NATIVE_INT32) != 0;
  truth.noise = has_noise ? CountNoise::poisson : CountNoise::none;
  truth.seed = source.attribute<std::uint64_t>("seed", H5T_NATIVE_UINT64);
  truth.generator_version = source.attribute<std::int32_t>("generator_version", H5T_NATIVE_INT32);
  truth.saturated_values = source.attribute<std::int64_t>("saturated_values", H5T_NATIVE_INT64);
  truth.geometry_text = source.text("geometry");
  return truth;
}

}  // namespace lauebench
