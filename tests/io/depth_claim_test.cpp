#include "io/depth_claim.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "io/depth_files.hpp"
#include "io/part_file.hpp"
#include "scan_reader_fixture.hpp"
#include "support/plain_depth_files.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using test::TemporaryFolder;
using testing::HasSubstr;
using Names = std::vector<std::string>;

/// Catches what is logged.
class LogCapture {
 public:
  LogCapture() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("capture", std::make_shared<spdlog::sinks::ostream_sink_mt>(stream_)));
  }
  ~LogCapture() { spdlog::set_default_logger(before_); }
  LogCapture(LogCapture const&) = delete;
  LogCapture& operator=(LogCapture const&) = delete;
  [[nodiscard]] std::string text() const { return stream_.str(); }

 private:
  std::shared_ptr<spdlog::logger> before_;
  std::ostringstream stream_;
};

class DepthClaimTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path base() const { return folder_ / "out"; }

  void put(std::string const& name) const { put(name, name); }
  void put(std::string const& name, std::string const& text) const { std::ofstream(folder_ / name) << text; }

  /// As a killed run leaves it, cut at some length.
  void put_part(std::string const& name, std::size_t bytes) const {
    put(name, bytes == 0 ? "" : "\x89HDF\r\n\x1a\n" + std::string(bytes - 8, '\0'));
  }

  [[nodiscard]] std::string text_of(std::string const& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  /// A depth image as another program wrote it.
  void put_image(std::string const& name) const {
    std::array<std::byte, 6> const image{};
    test::write_plain_depth_files(folder_ / "plain", {0.0, 1.0, 1}, 2, 3, ElementType::uint8, image);
    std::filesystem::rename(folder_ / "plain0.h5", folder_ / name);
  }

  [[nodiscard]] Names names() const {
    Names found;
    for (auto const& entry : std::filesystem::directory_iterator(folder_.path())) {
      found.push_back(entry.path().filename());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  void expect_refused(int count, Names const& parts) const {
    auto const before = names();
    expect_error([&] { DepthClaim const claim(base(), count); }, ReturnCode::bad_input, parts);
    EXPECT_EQ(names(), before);
  }

  TemporaryFolder folder_;
};

TEST_F(DepthClaimTest, SweepsPartsOfAKilledRunWhateverItsLength) {
  for (auto const& [name, bytes] :
       {std::pair("out0.h5.part", 100), std::pair("out1.h5.part", 8), std::pair("out2.h5.part", 0),
        std::pair("out8.h5.part", 0), std::pair("out700.h5.part", 100'000), std::pair("out.h5.part", 100),
        std::pair("out01.h5.part", 100), std::pair("outx1.h5.part", 100)}) {
    put_part(name, static_cast<std::size_t>(bytes));
  }
  put_image("out3.h5");
  std::filesystem::create_hard_link(folder_ / "out3.h5", folder_ / "out9.h5.part");
  {
    DepthClaim const claim(base(), 4);
    EXPECT_EQ(names(),
              (Names{"out.h5.part", "out0.h5.part", "out01.h5.part", "out3.h5", "out9.h5.part", "outx1.h5.part"}));
    EXPECT_EQ(std::filesystem::file_size(folder_ / "out0.h5.part"), 0U);
  }
  EXPECT_EQ(names(), (Names{"out.h5.part", "out01.h5.part", "out3.h5", "out9.h5.part", "outx1.h5.part"}));
}

TEST_F(DepthClaimTest, PartsOfOtherProgramsAreRefusedOrLeftAlone) {
  for (auto const* const text : {"notes", "\x89HDF\r\n\x1a", "\x89HDF\r\n\x1a\r and more"}) {
    for (auto const* const name : {"out0.h5.part", "out3.h5.part"}) {
      put(name, text);
      put_part("out1.h5.part", 100);
      put_part("out9.h5.part", 100);
      expect_refused(4, {"'" + (folder_ / name).string() +
                             "' is in the way (it does not begin as what this program leaves behind)",
                         "choose another output"});
      EXPECT_EQ(text_of(name), text);
      std::filesystem::remove(folder_ / name);
    }
    put_part("out0.h5.part", 100);
    put("out4.h5.part", text);
    LogCapture const log;
    { DepthClaim const claim(base(), 4); }
    EXPECT_THAT(log.text(), HasSubstr("removed 2 unfinished depth files that a killed reconstruction left"));
    EXPECT_EQ(names(), (Names{"out4.h5.part"}));
    EXPECT_EQ(text_of("out4.h5.part"), text);
  }
}

/// A browser names what it has not downloaded yet alike.
TEST_F(DepthClaimTest, PartsWithoutPartZeroAreOfNoKilledRun) {
  put_part("out11.h5.part", 100);
  put("out12.h5.part", "");
  { DepthClaim const claim(base(), 4); }
  EXPECT_EQ(names(), (Names{"out11.h5.part", "out12.h5.part"}));
  expect_refused(12,
                 {"'" + (folder_ / "out11.h5.part").string() + "' is in the way (no reconstruction was killed here"});
}

TEST_F(DepthClaimTest, OnlySummariesAreReplaced) {
  for (auto const* const name : {"outsummary.txt", "outsummary.txt.part"}) {
    for (auto const* const text : {"my notes on the scan", "scan", "scan: 12 at noon", "\nscan:  here.h5\n"}) {
      put(name, text);
      expect_refused(4, {"'" + (folder_ / name).string() + "' is in the way (it is not a summary of a reconstruction)",
                         "move it away, or choose another output"});
      EXPECT_EQ(text_of(name), text);
    }
    put(name, "");
    EXPECT_NO_THROW(DepthClaim(base(), 4));
    std::filesystem::remove(folder_ / name);
  }
  DepthGrid const depths{0.0, 1.0, 1};
  std::vector<SummaryParameter> const parameters{{std::string(first_summary_parameter), "a.h5"}, {"depth", "1 um"}};
  DepthSummary summary(base(), parameters, depths, std::vector<double>{1.0});
  EXPECT_NO_THROW(DepthClaim(base(), 4));
  summary.publish();
  EXPECT_NO_THROW(DepthClaim(base(), 4));
}

TEST_F(DepthClaimTest, PartsOfARunUnderAnotherBaseStay) {
  // Depth 2 of "out1", or depth 12 of "out"?
  DepthClaim const other(folder_ / "out1", 4);
  put_part("out12.h5.part", 100);
  {
    DepthClaim const claim(base(), 4);
    EXPECT_EQ(names(), (Names{"out0.h5.part", "out10.h5.part", "out12.h5.part"}));
  }
  expect_refused(13, {"'" + (folder_ / "out12.h5").string() + "' is being written by another process"});
}

/// As `laue-bench generate` writes a scan of such a name.
TEST_F(DepthClaimTest, PartsThatAnotherProgramIsWritingStay) {
  PartFile const scan(folder_ / "out3.h5", "cannot write");
  put_part("out3.h5.part", 100);
  { DepthClaim const claim(base(), 2); }
  EXPECT_EQ(names(), (Names{"out3.h5.part"}));
  expect_refused(4, {"'" + (folder_ / "out3.h5").string() + "' is being written by another process"});
}

TEST_F(DepthClaimTest, WhatIsInTheWayOfAnyFileIsNamed) {
  for (auto const* const name : {"out3.h5", "out3.h5.part", "outsummary.txt", "outsummary.txt.part"}) {
    std::filesystem::create_directory(folder_ / name);
    put_part("out0.h5.part", 100);
    put_part("out1.h5.part", 100);
    expect_refused(4, {"'" + (folder_ / name).string() + "' is in the way (it is a folder)", "choose another output"});
    std::filesystem::remove(folder_ / name);
  }
  put("precious");
  std::filesystem::create_hard_link(folder_ / "precious", folder_ / "out2.h5.part");
  expect_refused(4, {(folder_ / "out2.h5.part").string(), "a hard link"});
}

TEST_F(DepthClaimTest, OnlyDepthImagesAreReplaced) {
  put_image("out0.h5");
  auto const expect_in_the_way = [this] {
    auto const bytes = std::filesystem::file_size(folder_ / "out2.h5");
    expect_refused(3, {"'" + (folder_ / "out2.h5").string() + "' is in the way (it is not a depth image)",
                       "choose another output"});
    EXPECT_EQ(std::filesystem::file_size(folder_ / "out2.h5"), bytes);
    EXPECT_NO_THROW(DepthClaim(base(), 2));
  };
  put("out2.h5");
  expect_in_the_way();
  std::ofstream(folder_ / "out2.h5").flush();
  expect_in_the_way();
  test::write_scan(folder_ / "out2.h5", {});
  expect_in_the_way();
  hid_t const file = H5Fopen((folder_ / "out2.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  test::put_dataset(file, "/entry1/depth", H5T_NATIVE_DOUBLE, {1});
  H5Fclose(file);
  expect_in_the_way();
  put_image("out2.h5");
  EXPECT_NO_THROW(DepthClaim(base(), 3));
}

TEST_F(DepthClaimTest, NamesThatAreTooLong) {
  // Long enough for the summary alone.
  expect_error([&] { DepthClaim const claim(folder_ / std::string(244, 'x'), 4); }, ReturnCode::bad_input,
               {"File name too long"});
  EXPECT_TRUE(names().empty());
}

TEST_F(DepthClaimTest, WarnsOfOlderDepthFiles) {
  for (auto const* const name : {"out1.h5", "out4.h5", "out40.h5"}) {
    put_image(name);
  }
  LogCapture const log;
  { DepthClaim const claim(base(), 2); }
  EXPECT_NE(log.text().find("2 files from '" + (folder_ / "out4.h5").string() + "' to '" +
                            (folder_ / "out40.h5").string() + "' are not of this reconstruction"),
            std::string::npos)
      << log.text();
  LogCapture const single;
  { DepthClaim const claim(base(), 5); }
  EXPECT_NE(single.text().find("'" + (folder_ / "out40.h5").string() + "' is not of this reconstruction"),
            std::string::npos)
      << single.text();
  LogCapture const silent;
  { DepthClaim const claim(base(), 41); }
  EXPECT_EQ(silent.text(), "");
  EXPECT_EQ(names(), (Names{"out1.h5", "out4.h5", "out40.h5"}));
}

}  // namespace
}  // namespace lauebench
