#include "io/shared_stack.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cluster/communicator.hpp"
#include "expect_error.hpp"
#include "io/depth_image.hpp"
#include "io/found_images.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;

constexpr int rows = 6;
constexpr int columns = 1024;
constexpr DepthGrid depths{-1.5, 0.5, 4};
constexpr DepthImageShape shape{depths.count, rows, columns, ElementType::int32};

/// A file of one rank, without MPI: what ranks do together is tested by mpi_shared_output.
class SharedStack : public testing::Test {
 protected:
  void SetUp() override { test::write_scan(folder_ / "scan.h5", test::ScanSpec{}); }

  [[nodiscard]] SharedOutput output(std::filesystem::path const& folder, SharedFileOptions options = {}) const {
    return {make_serial_communicator(), folder / "out", std::move(options)};
  }

  [[nodiscard]] SharedStackTemplate file_template(SharedOutput const& output, int gzip_level = 0) const {
    return make_shared_stack_template(folder_ / "scan.h5", shape, depths, gzip_level, &output);
  }

  static void write_all(DepthImageWriter& writer) {
    std::vector<std::int32_t> const values(std::size_t{depths.count} * 3 * columns, 7);
    writer.write_rows(0, 3, std::as_bytes(std::span(values)));
    writer.write_rows(3, 3, std::as_bytes(std::span(values)));
  }

  test::TemporaryFolder folder_;
};

TEST_F(SharedStack, IsFoundAsTheLayoutThatItIs) {
  auto shared = output(folder_ / "");
  SharedStackWriter writer(file_template(shared), 3, IoPath::automatic, shared);
  write_all(writer);
  writer.publish();
  FoundImages const found = find_images(folder_ / "out", std::nullopt);
  EXPECT_EQ(found.images.layout, OutputLayout::shared);
  EXPECT_EQ(found.depths.count, depths.count);
  EXPECT_DOUBLE_EQ(found.depths.resolution_um, depths.resolution_um);
  EXPECT_TRUE(is_shared_stack(folder_ / "out.h5"));
  EXPECT_FALSE(is_depth_stack(folder_ / "out.h5"));
  expect_error([this] { static_cast<void>(find_images(folder_ / "out", std::nullopt, 1)); }, ReturnCode::bad_input,
               {"has 1 rank, and none is 1"});
}

TEST_F(SharedStack, BeginsAtAMultipleOfTheAlignment) {
  auto shared = output(folder_ / "", {std::nullopt, 4096, std::nullopt, {}});
  EXPECT_EQ(file_template(shared).around.head.size() % 4096, 0U);
}

TEST_F(SharedStack, OfCompressedImagesTakesNoMoreThanWasReserved) {
  auto shared = output(folder_ / "");
  auto const made = file_template(shared, 9);
  DepthOutputSize const most = output_size(made, 3);
  EXPECT_GE(most.file_bytes, shape.bytes());
  struct stat status {};
  {
    SharedStackWriter writer(made, 3, IoPath::automatic, shared);
    ASSERT_EQ(::stat((folder_ / "out.h5.part").c_str(), &status), 0);
    EXPECT_GE(static_cast<std::uint64_t>(status.st_blocks) * 512, shape.bytes()) << "before anything is written";
    write_all(writer);
    writer.publish();
  }
  ASSERT_EQ(::stat((folder_ / "out.h5").c_str(), &status), 0);
  EXPECT_LT(static_cast<std::uint64_t>(status.st_size), shape.bytes() / 2);
  EXPECT_LT(static_cast<std::uint64_t>(status.st_blocks) * 512, shape.bytes()) << "what was not needed is given back";
}

TEST_F(SharedStack, ThatIsNotPublishedIsRemoved) {
  {
    auto shared = output(folder_ / "");
    SharedStackWriter const writer(file_template(shared), 3, IoPath::automatic, shared);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out.h5.part"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.h5.part"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.h5"));
}

TEST_F(SharedStack, WithoutARowIsNotPublished) {
  auto shared = output(folder_ / "");
  SharedStackWriter writer(file_template(shared), 3, IoPath::automatic, shared);
  std::vector<std::int32_t> const values(std::size_t{depths.count} * 3 * columns, 7);
  writer.write_rows(0, 3, std::as_bytes(std::span(values)));
  expect_error([&writer] { writer.publish(); }, ReturnCode::reconstruction_error, {"3 of 6 rows were written"});
}

}  // namespace
}  // namespace lauebench
