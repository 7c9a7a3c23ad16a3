#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/depth_stack.hpp"
#include "staging/posix_file.hpp"
#include "support/figure.hpp"
#include "support/random_bytes.hpp"
#include "support/scan_fixture.hpp"
#include "support/side_by_side.hpp"
#include "support/temporary_folder.hpp"

/// 1 GiB of depth images in each layout against writing the same bytes plainly, on the filesystem of TMPDIR.
namespace lauebench {
namespace {

constexpr int depth_count = 64;
constexpr int rows = 2048;
constexpr int columns = 4096;
constexpr int stripe_rows = rows / 4;
constexpr DepthGrid depths{0.0, 1.0, depth_count};

/// One byte after the other, in blocks of 4 MiB.
void write_plainly(std::filesystem::path const& path, std::vector<std::byte> const& stripe, Sync sync) {
  constexpr std::size_t block_bytes = std::size_t{4} << 20U;
  posix::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  for (int row = 0; row < rows; row += stripe_rows) {
    for (std::size_t at = 0; at < stripe.size(); at += block_bytes) {
      ASSERT_EQ(posix::write_all(file, std::span(stripe).subspan(at, block_bytes)), 0);
    }
  }
  if (sync == Sync::fsync) {
    posix::sync(file, path);
  }
  ASSERT_EQ(file.close(), 0);
}

void write_stripes(DepthImageWriter& writer, std::vector<std::byte> const& stripe, Sync sync) {
  for (int row = 0; row < rows; row += stripe_rows) {
    writer.write_rows(row, stripe_rows, stripe);
  }
  writer.sync(sync);
  writer.publish();
}

class OutputLayoutGate : public testing::TestWithParam<Sync> {
 protected:
  void SetUp() override { test::write_scan(folder_ / "scan.h5", test::ScanSpec{}); }

  /// What `ours` writes has the name `written`.
  test::SideBySide against_plain_writing(std::string const& written, std::function<void()> const& ours) {
    return test::measure_side_by_side([this] { write_plainly(folder_ / "plain", stripe_, GetParam()); }, ours,
                                      [this, &written] {
                                        std::filesystem::remove(folder_ / "plain");
                                        std::filesystem::remove(folder_ / written);
                                      });
  }

  [[nodiscard]] static std::string sync_text() { return GetParam() == Sync::fsync ? "fsync" : "no fsync"; }

  test::TemporaryFolder folder_;
  std::vector<std::byte> stripe_ =
      test::random_bytes(static_cast<std::size_t>(depth_count) * stripe_rows * columns * sizeof(std::uint16_t), 1);
};

// 0.8: blocks are reserved and then written past HDF5, in pieces of a stripe's rows.
TEST_P(OutputLayoutGate, OneFilePerRankAgainstPlainWriting) {
  auto const file_template = make_depth_stack_template(folder_ / "scan.h5", ElementType::uint16, rows, columns, depths);
  double const ratio = test::repeated_ratio(0.8, [&] {
    auto const times = against_plain_writing("image.h5", [&] {
      DepthStackWriter writer(folder_ / "image", file_template);
      write_stripes(writer, stripe_, GetParam());
    });
    test::print_figure({fmt::format("one file per rank against plain writing, {}", sync_text()), times.ratio(),
                        test::Figure::Required::at_least, 0.8,
                        fmt::format("1 GiB: plain {:.3f} s, ours {:.3f} s", times.reference_s, times.ours_s)});
    return times.ratio();
  });
  EXPECT_GE(ratio, 0.8);
}

INSTANTIATE_TEST_SUITE_P(Syncs, OutputLayoutGate, testing::Values(Sync::fsync, Sync::none),
                         [](auto const& tested) { return tested.param == Sync::fsync ? "fsync" : "none"; });

}  // namespace
}  // namespace lauebench
