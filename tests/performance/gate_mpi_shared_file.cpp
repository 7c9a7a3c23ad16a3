#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include "cluster/mpi_communicator.hpp"
#include "io/depth_output.hpp"
#include "support/figure.hpp"
#include "support/random_bytes.hpp"
#include "support/scan_fixture.hpp"
#include "support/side_by_side.hpp"
#include "support/temporary_folder.hpp"

/// 1 GiB of depth images of two ranks in one file against MPI-IO writing the same bytes to the same places by the same
/// calls, on the filesystem of TMPDIR. Both are on disk at the end.
namespace lauebench {
namespace {

constexpr int depth_count = 64;
constexpr int rows = 1024;
constexpr int columns = 4096;
constexpr int stripe_rows = rows / 4;
constexpr DepthGrid depths{0.0, 1.0, depth_count};
constexpr DepthImageShape shape{depth_count, rows, columns, ElementType::uint16};

class SharedFileGate : public testing::TestWithParam<Toggle> {
 protected:
  void SetUp() override {
    ASSERT_EQ(ranks_->size(), 2);
    if (ranks_->is_root()) {
      folder_.emplace();
      test::write_scan(*folder_ / "scan.h5", test::ScanSpec{});
    }
    path_ = ranks_->broadcast(folder_ ? (*folder_ / "").string() : std::string());
    stripe_ =
        test::random_bytes(shape.row_bytes() * stripe_rows * depth_count, static_cast<std::uint64_t>(ranks_->rank()));
  }

  void TearDown() override { ranks_->barrier(); }

  void write_plainly() {
    ranks_->barrier();
    MPI_File file = MPI_FILE_NULL;
    ASSERT_EQ(MPI_File_open(MPI_COMM_WORLD, (path_ / "plain").c_str(), MPI_MODE_WRONLY | MPI_MODE_CREATE, MPI_INFO_NULL,
                            &file),
              MPI_SUCCESS);
    for (int row = 0; row < rows; row += stripe_rows) {
      write_stripe_plainly(file, row);
    }
    ASSERT_EQ(MPI_File_sync(file), MPI_SUCCESS);
    ASSERT_EQ(MPI_File_close(&file), MPI_SUCCESS);
    ranks_->barrier();
  }

  void write_stripe_plainly(MPI_File file, int first_row) {
    auto const part = static_cast<int>(shape.row_bytes() * stripe_rows);
    auto const image = static_cast<MPI_Offset>(shape.image_bytes());
    MPI_Offset const first = static_cast<MPI_Offset>(shape.bytes()) * ranks_->rank() +
                             static_cast<MPI_Offset>(shape.row_bytes()) * first_row;
    if (GetParam() == Toggle::off) {
      for (int depth = 0; depth < depth_count; ++depth) {
        ASSERT_EQ(MPI_File_write_at(file, first + depth * image, &stripe_[static_cast<std::size_t>(depth * part)], part,
                                    MPI_BYTE, MPI_STATUS_IGNORE),
                  MPI_SUCCESS);
      }
      return;
    }
    MPI_Datatype places = MPI_DATATYPE_NULL;
    MPI_Type_create_hvector(depth_count, part, image, MPI_BYTE, &places);
    MPI_Type_commit(&places);
    MPI_File_set_view(file, first, MPI_BYTE, places, "native", MPI_INFO_NULL);
    ASSERT_EQ(
        MPI_File_write_at_all(file, 0, stripe_.data(), static_cast<int>(stripe_.size()), MPI_BYTE, MPI_STATUS_IGNORE),
        MPI_SUCCESS);
    MPI_Type_free(&places);
  }

  void write_ours() {
    ranks_->barrier();
    SharedOutput shared(ranks_->part(Seat{ranks_->rank()}), path_ / "ours",
                        {GetParam(), std::nullopt, std::nullopt, {}});
    DepthOutput const output{
        path_ / "scan.h5", ElementType::uint16, rows, columns, depths, OutputLayout::shared, 0, &shared};
    auto const writer = make_depth_image_writer(shared.base(), depths, make_depth_output_template(output),
                                                {IoPath::automatic, stripe_rows, &shared});
    for (int row = 0; row < rows; row += stripe_rows) {
      writer->write_rows(row, stripe_rows, stripe_);
    }
    writer->sync(Sync::fsync);
    writer->publish();
    ranks_->barrier();
  }

  /// Each side begins with no file.
  void remove_files() {
    ranks_->barrier();
    if (ranks_->is_root()) {
      std::filesystem::remove(path_ / "plain");
      std::filesystem::remove(path_ / "ours.h5");
    }
    ranks_->barrier();
  }

  std::unique_ptr<Communicator> ranks_ = make_mpi_communicator();
  std::optional<test::TemporaryFolder> folder_;
  std::filesystem::path path_;
  std::vector<std::byte> stripe_;
};

// 0.8: the same calls, beside laying the file out and agreeing on errors.
TEST_P(SharedFileGate, AgainstPlainMpiIo) {
  double const ratio = test::repeated_ratio(0.8, [this] {
    auto const times =
        test::measure_side_by_side([this] { write_plainly(); }, [this] { write_ours(); }, [this] { remove_files(); });
    if (ranks_->is_root()) {
      test::print_figure({fmt::format("one file of two ranks against plain MPI-IO, collective {}",
                                      GetParam() == Toggle::on ? "on" : "off"),
                          times.ratio(), test::Figure::Required::at_least, 0.8,
                          fmt::format("1 GiB: plain {:.3f} s, ours {:.3f} s", times.reference_s, times.ours_s)});
    }
    // rank 0 alone decides whether it is measured again
    return std::stod(ranks_->broadcast(fmt::format("{}", times.ratio())));
  });
  EXPECT_GE(ratio, 0.8);
}

INSTANTIATE_TEST_SUITE_P(Collective, SharedFileGate, testing::Values(Toggle::on, Toggle::off),
                         [](auto const& tested) { return tested.param == Toggle::on ? "on" : "off"; });

}  // namespace
}  // namespace lauebench
