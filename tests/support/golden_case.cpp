#include "support/golden_case.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include <hdf5.h>
#include <nlohmann/json.hpp>

namespace lauebench::test {
namespace {

namespace fs = std::filesystem;

fs::path golden_folder() { return fs::path(LAUEBENCH_TEST_DATA) / "golden"; }

std::vector<double> read_doubles(fs::path const& file, char const* dataset) {
  hid_t const handle = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t const data = H5Dopen2(handle, dataset, H5P_DEFAULT);
  hid_t const space = H5Dget_space(data);
  hssize_t const count = H5Sget_simple_extent_npoints(space);
  if (count < 0) {
    throw std::runtime_error("cannot read " + std::string(dataset) + " of " + file.string());
  }
  std::vector<double> values(static_cast<std::size_t>(count));
  herr_t const status = H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Sclose(space);
  H5Dclose(data);
  H5Fclose(handle);
  if (status < 0) {
    throw std::runtime_error("cannot read " + std::string(dataset) + " of " + file.string());
  }
  return values;
}

WireEdge wire_edge_named(std::string const& word) {
  if (word == "both") {
    return WireEdge::both;
  }
  return word == "trailing" ? WireEdge::trailing : WireEdge::leading;
}

}  // namespace

std::vector<std::string> golden_case_names() {
  std::vector<std::string> names;
  for (auto const& entry : fs::directory_iterator(golden_folder())) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

GoldenCase read_golden_case(std::string const& name) {
  fs::path const folder = golden_folder() / name;
  std::ifstream file(folder / "case.json");
  auto const json = nlohmann::json::parse(file);
  GoldenCase golden{name, folder / "scan.h5", folder / "geometry.xml", {}, {}, {}};
  ReconstructionParameters& parameters = golden.parameters;
  parameters.depth_range = {json.at("depth_range").at(0), json.at("depth_range").at(1)};
  parameters.resolution_um = json.at("resolution");
  parameters.wire_edge = wire_edge_named(json.at("wire_edge"));
  parameters.detector = json.at("detector_number");
  parameters.percent_brightest = json.at("percent_brightest");
  parameters.cosmic_filter = json.at("cosmic_filter").get<bool>() ? CosmicFilter::on : CosmicFilter::off;
  if (!json.at("output_pixel_type").is_null()) {
    if (json.at("output_pixel_type") != 5) {
      throw std::runtime_error(name + " has an output type that no case had before");
    }
    parameters.output_type = ElementType::float64;  // 5 in the established program's numbering
  }
  golden.expected = read_doubles(folder / "expected.h5", "/expected");
  golden.depths_um = read_doubles(folder / "expected.h5", "/depth");
  return golden;
}

}  // namespace lauebench::test
