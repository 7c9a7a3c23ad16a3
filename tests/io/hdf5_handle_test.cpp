#include "io/hdf5_handle.hpp"

#include <atomic>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "expect_error.hpp"
#include "support/scan_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench::hdf5 {
namespace {

using test::expect_error;
using test::TemporaryFolder;

TEST(Hdf5Handle, OwnsOneReference) {
  Handle space(H5Screate(H5S_SCALAR));
  hid_t const id = space.id();
  EXPECT_EQ(H5Iget_ref(id), 1);
  Handle moved(std::move(space));
  EXPECT_EQ(moved.id(), id);
  EXPECT_EQ(H5Iget_ref(id), 1);
  moved = Handle();
  EXPECT_LE(H5Iis_valid(id), 0);
}

TEST(Hdf5Handle, SystemCallsAreToldInShort) {
  Scope const scope;
  H5Eclear2(H5E_DEFAULT);
  auto const tell = [](char const* text) {
    H5Eclear2(H5E_DEFAULT);
    H5Epush2(H5E_DEFAULT, "file", "function", 1, H5E_ERR_CLS, H5E_IO, H5E_READERROR, "%s", text);
    return reason();
  };
  EXPECT_EQ(tell("file read failed: time = Sat Nov 21 07:30:01 2026\n, filename = 'a.h5', file descriptor = 4, errno = "
                 "5, error message = 'Input/output error', buf = 0x55d0c0, total read size = 96"),
            "HDF5: file read failed: Input/output error");
  EXPECT_EQ(tell("file read failed: time = Sat Nov 21, buf = 0x55d0c0"), "HDF5: file read failed");
  EXPECT_EQ(tell("wrong version: 7"), "HDF5: wrong version: 7");
  H5Eclear2(H5E_DEFAULT);
}

TEST(Hdf5Handle, NothingIsPrintedAndTheInnermostReasonIsKept) {
  testing::internal::CaptureStderr();
  {
    Scope const scope;
    expect_error(
        [] {
          static_cast<void>(require(H5Fopen("/nowhere/file.h5", H5F_ACC_RDONLY, H5P_DEFAULT), "cannot open", "look"));
        },
        ReturnCode::bad_input, {"cannot open (HDF5: ", "unable to open file", "No such file"});
    Scope const nested;
    EXPECT_LT(H5Dopen2(-1, "x", H5P_DEFAULT), 0);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  H5E_auto2_t print = nullptr;
  void* argument = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &print, &argument);
  EXPECT_NE(print, nullptr) << "a caller's own setting comes back";
}

TEST(Hdf5Handle, ScopesExcludeEachOther) {
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        Scope const scope;
        most = std::max(most.load(), ++inside);
        --inside;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(most, 1);
}

TEST(Hdf5Handle, LinksAndAddresses) {
  TemporaryFolder const folder;
  test::write_scan(folder / "scan.h5", test::ScanSpec{});
  auto const file = open_for_reading(folder / "scan.h5");
  EXPECT_TRUE(link_exists(file.id(), "/entry1/data/data"));
  EXPECT_FALSE(link_exists(file.id(), "/entry1/none/data"));
  auto const stack = object_address(file.id(), "/entry1/data/data");
  ASSERT_TRUE(stack.has_value());
  EXPECT_EQ(stack->type, H5O_TYPE_DATASET);
  EXPECT_FALSE(*stack == *object_address(file.id(), "/entry1/title"));
  EXPECT_FALSE(object_address(file.id(), "/none").has_value());
}

TEST(Hdf5Handle, LocksOfOthersDoNotMatter) {
  TemporaryFolder const folder;
  test::write_scan(folder / "scan.h5", test::ScanSpec{});
  // What HDF5 itself takes when it opens a file for writing.
  int const other = open((folder / "scan.h5").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(other, LOCK_EX | LOCK_NB), 0);
  EXPECT_TRUE(open_for_reading(folder / "scan.h5").valid());
  close(other);
}

TEST(Hdf5Handle, MessagesStayOnOneLine) { EXPECT_EQ(one_line("a\nb\tc\x7f"), "a b c "); }

}  // namespace
}  // namespace lauebench::hdf5
