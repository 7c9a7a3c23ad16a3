#include "io/depth_files.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <numeric>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/words.hpp"
#include "expect_error.hpp"
#include "support/depth_file_reader.hpp"
#include "support/plain_depth_files.hpp"
#include "support/scan_fixture.hpp"
#include "support/small_disk.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using test::FileSizeLimit;
using test::read_depth_image;
using test::ScanSpec;
using test::SmallFilesystem;
using test::TemporaryFolder;
using test::write_scan;

constexpr int rows = 6;
constexpr int columns = 8;

class DepthFiles : public testing::Test {
 protected:
  void SetUp() override {
    write_scan(folder_ / "scan.h5", ScanSpec{});
    std::filesystem::create_directory(folder_ / "out");
  }

  [[nodiscard]] DepthFileTemplate make_template(ElementType type = ElementType::int32) const {
    return make_depth_file_template(folder_ / "scan.h5", type, rows, columns);
  }

  [[nodiscard]] std::filesystem::path base() const { return folder_.path() / "out" / "image"; }

  [[nodiscard]] std::filesystem::path depth_file(int m, std::string const& ending = ".h5") const {
    return base().string() + std::to_string(m) + ending;
  }

  /// Names of all files in the output folder.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (auto const& entry : std::filesystem::directory_iterator(folder_ / "out")) {
      found.push_back(entry.path().filename());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  /// Of all depth files, each of which holds its image.
  [[nodiscard]] std::vector<std::string> contents_of(DepthGrid const& depths) const;

  /// A writer of `count` depths is refused before it writes anything.
  void expect_refused(int count, std::vector<std::string> const& parts) const {
    auto const before = names();
    expect_error(
        [&] {
          DepthFileWriter const writer(base(), DepthGrid{0.0, 1.0, count}, make_template());
        },
        ReturnCode::bad_input, parts);
    EXPECT_EQ(names(), before);
  }

  TemporaryFolder folder_;
};

/// Value of depth m, row i, column j.
std::int32_t pixel(int m, int i, int j) { return 10000 * m + 100 * i + j; }

/// [depths][rows][columns] of rows first .. first + count - 1.
std::vector<std::int32_t> image_rows(int depths, int first, int count) {
  std::vector<std::int32_t> values;
  for (int m = 0; m < depths; ++m) {
    for (int i = first; i < first + count; ++i) {
      for (int j = 0; j < columns; ++j) {
        values.push_back(pixel(m, i, j));
      }
    }
  }
  return values;
}

void write_rows(DepthFileWriter& writer, int depths, int first, int count) {
  auto const values = image_rows(depths, first, count);
  writer.write_rows(first, count, std::as_bytes(std::span(values)));
}

void expect_image(std::filesystem::path const& file, int m, double depth_um) {
  auto const image = read_depth_image(file);
  EXPECT_EQ(image.rows, rows);
  EXPECT_EQ(image.columns, columns);
  EXPECT_EQ(image.element_type, ElementType::int32);
  EXPECT_EQ(image.signal, 1);
  EXPECT_EQ(image.depth_um, depth_um);
  EXPECT_EQ(image.depth_units, "micron");
  auto const values = test::values_of(image);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) {
      EXPECT_EQ(values[static_cast<std::size_t>(i * columns + j)], pixel(m, i, j)) << m << ' ' << i << ' ' << j;
    }
  }
}

std::vector<std::string> DepthFiles::contents_of(DepthGrid const& depths) const {
  std::vector<std::string> contents;
  for (int m = 0; m < depths.count; ++m) {
    expect_image(depth_file(m), m, depths.depth_um(m));
    std::ifstream file(depth_file(m), std::ios::binary);
    contents.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return contents;
}

TEST_F(DepthFiles, EveryStripeHeightAndWayOfWritingGivesTheSameImages) {
  DepthGrid const depths{-1.5, 0.5, 4};
  std::vector<std::string> first_contents;
  for (int const height : {6, 1, 2, 4, 5}) {
    auto const file_template = make_template();
    for (IoPath const io_path : {IoPath::automatic, IoPath::raw, IoPath::hdf5}) {
      DepthFileWriter writer(base(), depths, file_template, io_path);
      for (int row = 0; row < rows; row += height) {
        write_rows(writer, depths.count, row, std::min(height, rows - row));
      }
      EXPECT_EQ(writer.bytes_written(), output_size(file_template, depths).bytes());
      writer.sync(Sync::fsync);
      writer.publish();
      EXPECT_EQ(names(), (std::vector<std::string>{"image0.h5", "image1.h5", "image2.h5", "image3.h5"}));
      std::vector<std::string> const contents = contents_of(depths);
      first_contents = first_contents.empty() ? contents : first_contents;
      if (io_path != IoPath::hdf5) {  // which enters the root group's place once more, in the superblock
        EXPECT_EQ(contents, first_contents) << "stripes of " << height << ", " << to_word(io_path);
      }
    }
  }
}

TEST_F(DepthFiles, EveryElementType) {
  DepthGrid const depths{0.0, 1.0, 2};
  for (ElementType const type : all_element_types) {
    DepthFileWriter writer(base(), depths, make_template(type));
    std::vector<std::byte> images(2 * rows * columns * size_bytes(type));
    for (std::size_t i = 0; i < images.size(); ++i) {
      images[i] = static_cast<std::byte>(i % 251);
    }
    writer.write_rows(0, rows, images);
    writer.publish();
    auto const image = read_depth_image(depth_file(1));
    EXPECT_EQ(image.element_type, type);
    EXPECT_TRUE(std::equal(image.bytes.begin(), image.bytes.end(),
                           images.begin() + static_cast<std::ptrdiff_t>(images.size() / 2)));
  }
}

TEST_F(DepthFiles, ThreadsMayWriteDifferentStripes) {
  DepthGrid const depths{0.0, 1.0, 20};
  DepthFileWriter writer(base(), depths, make_template());
  std::vector<std::thread> threads;
  threads.reserve(rows);
  for (int row = 0; row < rows; ++row) {
    threads.emplace_back([&writer, row] { write_rows(writer, 20, row, 1); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  writer.publish();
  for (int m = 0; m < 20; ++m) {
    expect_image(depth_file(m), m, m);
  }
}

TEST_F(DepthFiles, NothingIncompleteLooksComplete) {
  DepthGrid const depths{0.0, 1.0, 3};
  {
    DepthFileWriter writer(base(), depths, make_template());
    EXPECT_EQ(names(), (std::vector<std::string>{"image0.h5.part"}));
    write_rows(writer, 3, 0, 4);
    EXPECT_EQ(names(), (std::vector<std::string>{"image0.h5.part", "image1.h5.part", "image2.h5.part"}));
    expect_error([&] { writer.publish(); }, ReturnCode::reconstruction_error, {"4 of 6 rows"});
  }
  EXPECT_TRUE(names().empty());
}

TEST_F(DepthFiles, EarlierFilesStayUntilTheyAreReplaced) {
  std::array<std::byte, 6> const old{};
  test::write_plain_depth_files(base(), {0.0, 1.0, 1}, 2, 3, ElementType::uint8, old);
  auto const old_bytes = std::filesystem::file_size(depth_file(0));
  std::ofstream(depth_file(7)) << "of an older, longer run";
  std::ofstream(depth_file(0, ".h5.part")) << "";
  std::ofstream(depth_file(1, ".h5.part")) << "\x89HDF\r\n\x1a\n" << std::string(100000, 'x');
  DepthGrid const depths{0.0, 1.0, 2};
  {
    DepthFileWriter writer(base(), depths, make_template());
    write_rows(writer, 2, 0, rows);
    EXPECT_EQ(std::filesystem::file_size(depth_file(0)), old_bytes);
  }
  EXPECT_EQ(names(), (std::vector<std::string>{"image0.h5", "image7.h5"}));
  DepthFileWriter writer(base(), depths, make_template());
  write_rows(writer, 2, 0, rows);
  writer.publish();
  expect_image(depth_file(0), 0, 0.0);
  expect_image(depth_file(1), 1, 1.0);
  EXPECT_EQ(names(), (std::vector<std::string>{"image0.h5", "image1.h5", "image7.h5"}));
}

TEST_F(DepthFiles, SymbolicLinksAreNotFollowed) {
  auto const target = folder_ / "precious";
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, depth_file(1, ".h5.part"));
  expect_refused(2, {depth_file(1, ".h5.part").string(), "symbolic link"});
  EXPECT_EQ(std::filesystem::file_size(target), 8U);
  EXPECT_EQ(names(), (std::vector<std::string>{"image1.h5.part"})) << "what was there stays";
}

TEST_F(DepthFiles, ALinkOfTheFinalNameIsReplacedNotFollowed) {
  auto const target = folder_ / "precious";
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, depth_file(0));
  DepthFileWriter writer(base(), DepthGrid{0.0, 1.0, 1}, make_template());
  write_rows(writer, 1, 0, rows);
  writer.publish();
  EXPECT_EQ(std::filesystem::file_size(target), 8U);
  EXPECT_FALSE(std::filesystem::is_symlink(depth_file(0)));
}

TEST_F(DepthFiles, NamedPipesAreRefusedWithoutWaiting) {
  ASSERT_EQ(mkfifo(depth_file(0, ".h5.part").c_str(), 0600), 0);
  expect_refused(1, {depth_file(0, ".h5.part").string(), "not a regular file"});
}

TEST_F(DepthFiles, ABaseHasOneWriterAtATime) {
  DepthGrid const depths{0.0, 1.0, 3};
  {
    DepthFileWriter first(base(), depths, make_template());
    write_rows(first, 3, 0, 2);
    expect_refused(3, {depth_file(0).string(), "is being written by another process"});
    write_rows(first, 3, 2, 4);
    first.publish();
    DepthFileWriter second(base(), depths, make_template());
    write_rows(second, 3, 0, rows);
    second.publish();
  }
  EXPECT_EQ(names(), (std::vector<std::string>{"image0.h5", "image1.h5", "image2.h5"}));
  expect_image(depth_file(2), 2, 2.0);
}

TEST_F(DepthFiles, AnUnpublishedWriterRemovesNothingOfTheNextOne) {
  DepthGrid const depths{0.0, 1.0, 3};
  DepthFileWriter next(base().string() + "1", depths, make_template());
  write_rows(next, 3, 0, 2);
  {
    DepthFileWriter writer(base(), depths, make_template());
    write_rows(writer, 3, 0, 2);
  }
  EXPECT_EQ(names(), (std::vector<std::string>{"image10.h5.part", "image11.h5.part", "image12.h5.part"}));
}

TEST_F(DepthFiles, TheScanIsNeverReplaced) {
  auto const scan = folder_ / "scan1.h5";
  std::filesystem::rename(folder_ / "scan.h5", scan);
  auto const file_template = make_depth_file_template(scan, ElementType::int32, rows, columns);
  expect_error(
      [&] {
        DepthFileWriter const writer(folder_ / "scan", DepthGrid{0.0, 1.0, 2}, file_template);
      },
      ReturnCode::bad_input, {scan.string(), "it is the scan itself"});
  EXPECT_NO_THROW(DepthFileWriter(folder_ / "scan", DepthGrid{0.0, 1.0, 1}, file_template));
}

TEST_F(DepthFiles, FolderThatIsMissing) {
  auto const file_template = make_template();
  expect_error(
      [&] {
        DepthFileWriter const writer(folder_ / "none" / "image", DepthGrid{0.0, 1.0, 2}, file_template);
      },
      ReturnCode::bad_input, {(folder_ / "none").string(), "is no folder"});
}

TEST_F(DepthFiles, MoreDepthsThanTheDiskCanHold) {
  DepthFileTemplate file_template = make_template();
  file_template.bytes.resize(std::size_t{1} << 28);  // so that few depths are enough: no disk has 2^48 bytes
  DepthGrid const depths{0.0, 1.0, 1 << 20};
  expect_error([&] { DepthFileWriter const writer(base(), depths, std::move(file_template)); }, ReturnCode::bad_input,
               {std::to_string(std::uint64_t{1} << 48) + " bytes needed", " free"});
  EXPECT_TRUE(names().empty());
}

TEST_F(DepthFiles, AWriteThatHitsALimitSaysWhatIsNeeded) {
  DepthGrid const depths{0.0, 1.0, 3};
  auto const file_template = make_template();
  for (int const height : {rows, 2}) {
    {
      DepthFileWriter writer(base(), depths, file_template);
      FileSizeLimit const limit(file_template.bytes.size() - 1);
      expect_error([&] { write_rows(writer, 3, 0, height); }, ReturnCode::io_error,
                   {depth_file(0, ".h5.part").string(),
                    std::to_string(output_size(file_template, depths).bytes()) + " bytes", "are free"});
    }
    EXPECT_TRUE(names().empty());
  }
}

TEST_F(DepthFiles, FullDisk) {
  SmallFilesystem const small(folder_ / "out");
  if (!small.mounted()) {
    // Without the right to mount, the device that is always full stands in for the disk.
    int const device = open("/dev/full", O_WRONLY | O_CLOEXEC);
    EXPECT_EQ(write(device, "x", 1), -1);
    EXPECT_EQ(errno, ENOSPC);
    close(device);
    return;
  }
  auto const file_template = make_template();
  DepthGrid const depths{0.0, 1.0, 40};
  {
    DepthFileWriter writer(base(), depths, file_template);
    std::ofstream(folder_ / "out" / "other") << std::string(950000, 'x');
    expect_error([&] { write_rows(writer, 40, 0, rows); }, ReturnCode::io_error,
                 {"No space left", std::to_string(output_size(file_template, depths).bytes()) + " bytes", "are free"});
  }
  EXPECT_EQ(names(), (std::vector<std::string>{"other"}));
  std::filesystem::remove(folder_ / "out" / "other");
  {
    DepthFileWriter writer(base(), depths, file_template, IoPath::hdf5);
    std::ofstream(folder_ / "out" / "other") << std::string(950000, 'x');
    expect_error([&] { write_rows(writer, 40, 0, rows); }, ReturnCode::io_error, {"No space left"});
  }
  EXPECT_EQ(names(), (std::vector<std::string>{"other"}));
  expect_error(
      [&] {
        DepthFileWriter const writer(base(), DepthGrid{0.0, 1.0, 400}, file_template);
      },
      ReturnCode::bad_input, {"bytes needed", "free"});
}

TEST_F(DepthFiles, RowsThatDoNotFitAreRefused) {
  DepthFileWriter writer(base(), DepthGrid{0.0, 1.0, 2}, make_template());
  std::vector<std::byte> const images(2 * rows * columns * 4);
  EXPECT_THROW(writer.write_rows(1, rows, images), std::invalid_argument);
  EXPECT_THROW(writer.write_rows(0, rows - 1, images), std::invalid_argument);
  EXPECT_THROW(writer.write_rows(0, 0, {}), std::invalid_argument);
  EXPECT_EQ(names(), (std::vector<std::string>{"image0.h5.part"}));
}

}  // namespace
}  // namespace lauebench
