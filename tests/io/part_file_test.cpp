#include "io/part_file.hpp"

#include <fstream>
#include <optional>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using test::TemporaryFolder;

class PartFileTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path output() const { return folder_ / "out.h5"; }
  [[nodiscard]] std::filesystem::path part() const { return folder_ / "out.h5.part"; }

  void expect_refused(std::string const& why) const {
    expect_error([&] { PartFile const file(output(), "cannot write"); }, ReturnCode::bad_input,
                 {"cannot write: ", part().string(), why});
  }

  TemporaryFolder folder_;
};

TEST_F(PartFileTest, IsRemovedUnlessItHasGotItsName) {
  {
    PartFile const file(output(), "cannot write");
    EXPECT_TRUE(std::filesystem::exists(part()));
  }
  EXPECT_FALSE(std::filesystem::exists(part()));
  {
    PartFile const file(output(), "cannot write");
    std::filesystem::rename(part(), output());
    std::ofstream(part()) << "of the next one";
  }
  EXPECT_EQ(std::filesystem::file_size(part()), 15U);
  EXPECT_TRUE(std::filesystem::exists(output()));
}

TEST_F(PartFileTest, IsHeldByOneAtATime) {
  std::optional<PartFile> first(std::in_place, output(), "cannot write");
  EXPECT_TRUE(is_being_written(part()));
  expect_error([&] { PartFile const file(output(), "cannot write"); }, ReturnCode::bad_input,
               {"'" + output().string() + "' is being written by another process", "choose another --output"});
  EXPECT_TRUE(std::filesystem::exists(part())) << "who is refused removes nothing";
  // What has got its name still is locked, but it is no part any more.
  std::filesystem::rename(part(), output());
  EXPECT_NO_THROW(PartFile(output(), "cannot write"));
  first.reset();
  EXPECT_FALSE(is_being_written(part()));
}

TEST_F(PartFileTest, WhatALeftOverHoldsIsCutOnlyWhenAsked) {
  std::ofstream(part()) << "left over";
  PartFile file(output(), "cannot write");
  EXPECT_EQ(std::filesystem::file_size(part()), 9U);
  file.clear("cannot write");
  EXPECT_EQ(std::filesystem::file_size(part()), 0U);
  file.leave();
  EXPECT_FALSE(is_being_written(part()));
}

TEST_F(PartFileTest, NothingElseIsTouched) {
  auto const precious = folder_ / "precious";
  std::ofstream(precious) << "precious";
  std::filesystem::create_hard_link(precious, part());
  expect_refused("a hard link");
  EXPECT_FALSE(is_own_part(part()));
  std::filesystem::remove(part());
  std::filesystem::create_symlink(precious, part());
  expect_refused("it is a symbolic link");
  std::filesystem::remove(part());
  ASSERT_EQ(mkfifo(part().c_str(), 0600), 0);
  expect_refused("it is not a regular file");
  std::filesystem::remove(part());
  std::filesystem::create_directory(part());
  expect_refused("it is a folder");
  EXPECT_EQ(std::filesystem::file_size(precious), 8U);
  EXPECT_TRUE(std::filesystem::is_directory(part()));
}

TEST_F(PartFileTest, PlacesWhereItCannotBeMade) {
  for (auto const& place :
       {folder_ / "none" / "out.h5", folder_ / std::string(255, 'x'), std::filesystem::path("/proc/out.h5")}) {
    expect_error([&] { PartFile const file(place, "cannot write"); }, ReturnCode::bad_input, {"cannot write"});
  }
}

}  // namespace
}  // namespace lauebench
