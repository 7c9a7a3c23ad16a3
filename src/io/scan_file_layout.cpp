#include "io/scan_file_layout.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "io/hdf5_items.hpp"
#include "io/hdf5_types.hpp"

namespace lauebench::hdf5 {

namespace {

/// Local time is what the beam line writes; UTC says the same without a doubt.
std::string file_time_now() {
  auto const now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%d %H:%M:%S}+0000", fmt::gmtime(now));
}

void write_detector(Handle const& entry, ScanFileDescription const& description) {
  Handle const group = make_group(entry, "detector");
  DetectorRegion const& region = description.region;
  put_text(group, "ID", description.detector_id);
  using NamedNumber = std::pair<char const*, std::optional<std::int32_t>>;
  for (auto const& [name, value] :
       {NamedNumber{"Nx", region.full_x}, NamedNumber{"Ny", region.full_y}, NamedNumber{"startx", region.start_x},
        NamedNumber{"starty", region.start_y}, NamedNumber{"endx", region.end_x}, NamedNumber{"endy", region.end_y},
        NamedNumber{"binx", region.bin_x}, NamedNumber{"biny", region.bin_y}}) {
    if (value) {
      put_scalar(group, name, *value);
    }
  }
  std::vector<double> const exposure(description.wire_raw_um.size(), description.exposure_s);
  put_vector(group, "exposure", exposure, "second");
}

void write_wire(Handle const& entry, std::vector<Vec3> const& wire_raw_um) {
  Handle const group = make_group(entry, "wire");
  using NamedAxis = std::pair<char const*, double Vec3::*>;
  for (auto const& [name, axis] :
       {NamedAxis{"wireX", &Vec3::x}, NamedAxis{"wireY", &Vec3::y}, NamedAxis{"wireZ", &Vec3::z}}) {
    std::vector<double> values(wire_raw_um.size());
    std::ranges::transform(wire_raw_um, values.begin(),
                           [member = axis](Vec3 const& position) { return position.*member; });
    put_vector(group, name, values, "micron");
  }
}

}  // namespace

Handle write_scan_surroundings(Handle const& file, ScanFileDescription const& description) {
  put_attribute(file, "file_name", description.output.filename().string());
  put_attribute(file, "file_time", file_time_now());
  Handle entry = make_group(file, "entry1");
  put_text(entry, "title", description.title);
  put_scalar(entry, "scanNum", std::int32_t{1});
  Handle const sample = make_group(entry, "sample");
  put_text(sample, "name", "simulated");
  for (char const* const axis : {"sampleX", "sampleY", "sampleZ"}) {
    put_scalar(sample, axis, 0.0);
  }
  write_detector(entry, description);
  write_wire(entry, description.wire_raw_um);
  return entry;
}

Handle create_frame_stack(Handle const& entry, ScanFileDescription const& description) {
  auto const problem = fmt::format("cannot write scan '{}'", description.output.string());
  Handle const group = make_group(entry, "data");
  std::array<hsize_t, 3> const shape{static_cast<hsize_t>(description.stored_frames),
                                     static_cast<hsize_t>(description.rows), static_cast<hsize_t>(description.columns)};
  Handle const space = require_created(H5Screate_simple(3, shape.data(), nullptr), problem);
  Handle const properties = require_created(H5Pcreate(H5P_DATASET_CREATE), problem);
  check_written(H5Pset_fill_time(properties.id(), H5D_FILL_TIME_NEVER), problem);
  if (description.chunk) {
    std::array<hsize_t, 3> chunk{};
    std::ranges::transform(*description.chunk, chunk.begin(),
                           [](std::int64_t size) { return static_cast<hsize_t>(size); });
    check_written(H5Pset_chunk(properties.id(), 3, chunk.data()), problem);
    if (description.shuffle == ByteShuffle::on) {
      check_written(H5Pset_shuffle(properties.id()), problem);
    }
    if (description.gzip_level > 0) {
      check_written(H5Pset_deflate(properties.id(), static_cast<unsigned>(description.gzip_level)), problem);
    }
  } else {
    // The frames' place in the file is fixed at once, so that they can be written past HDF5.
    check_written(H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY), problem);
  }
  return require_created(H5Dcreate2(group.id(), "data", memory_type(description.element_type), space.id(), H5P_DEFAULT,
                                    properties.id(), H5P_DEFAULT),
                         problem);
}

}  // namespace lauebench::hdf5
