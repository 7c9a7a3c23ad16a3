#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "expect_error.hpp"
#include "io/scan_reader.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench::test {

/// A folder with a scan, and what a reader makes of it.
class ScanReaderTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path scan() const { return folder_ / "scan.h5"; }

  [[nodiscard]] std::filesystem::path written(ScanSpec const& spec) const {
    write_scan(scan(), spec);
    return scan();
  }

  void expect_refused(std::vector<std::string> parts) const {
    parts.push_back(scan().string());
    expect_error([&] { ScanReader const reader(scan()); }, ReturnCode::bad_input, parts);
  }

  void expect_refused(ScanSpec const& spec, std::vector<std::string> const& parts) const {
    write_scan(scan(), spec);
    expect_refused(parts);
  }

  /// Writes the scan, lets `change` do harm to it, and expects the refusal.
  template <class Change>
  void expect_refused_after(Change change, std::vector<std::string> const& parts) const {
    write_scan(scan(), ScanSpec{});
    hid_t const file = H5Fopen(scan().c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    change(file);
    ASSERT_GE(H5Fclose(file), 0);
    expect_refused(parts);
  }

  TemporaryFolder folder_;
};

inline void put_dataset(hid_t file, char const* path, hid_t type, std::vector<hsize_t> const& sizes) {
  hid_t const space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
  hid_t const dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  ASSERT_GE(dataset, 0);
  H5Dclose(dataset);
  H5Sclose(space);
}

}  // namespace lauebench::test
