#include "io/file_descriptor.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::expect_error;

constexpr uid_t nobody = 65534;

/// Root may read everything: for as long as this lives it acts as somebody who may not.
class WithoutPrivileges {
 public:
  WithoutPrivileges() { changed_ = ::geteuid() == 0 && ::seteuid(nobody) == 0; }
  ~WithoutPrivileges() {
    if (changed_) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
  WithoutPrivileges(WithoutPrivileges const&) = delete;
  WithoutPrivileges& operator=(WithoutPrivileges const&) = delete;

 private:
  bool changed_ = false;
};

TEST(OpenRegularFileForReading, WhatTheUserMayNotReadIsTheUsersToMend) {
  test::TemporaryFolder const folder;
  fs::path const file = folder / "scan.h5";
  std::ofstream(file) << "content";
  fs::permissions(file, fs::perms::none);
  WithoutPrivileges const nobody_in_particular;
  expect_error([&] { open_regular_file_for_reading(file, "cannot read it"); }, ReturnCode::bad_input,
               {"cannot read it", "Permission denied", "check that you may read it"});
}

TEST(OpenRegularFileForReading, LinkThatLeadsInACircleIsTheUsersToMend) {
  test::TemporaryFolder const folder;
  fs::create_symlink(folder / "loop", folder / "loop");
  expect_error([&] { open_regular_file_for_reading(folder / "loop", "cannot read it"); }, ReturnCode::bad_input,
               {"Too many levels of symbolic links"});
}

}  // namespace
}  // namespace lauebench
