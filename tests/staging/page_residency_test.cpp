#include "staging/page_residency.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "staging/cached_file.hpp"
#include "staging/filesystem_facts.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

TEST(PageResidency, FileThatWasJustWrittenIsResident) {
  test::TemporaryFolder const folder;
  Residency const residency = residency_of(test::open_for_reading(test::cached_file(folder.path())));
  EXPECT_EQ(residency.fraction, 1.0) << residency.reason;
  EXPECT_EQ(residency.reason, "");
}

TEST(PageResidency, CountsThePagesThatWereReadAgain) {
  test::TemporaryFolder const folder;
  if (read_filesystem_facts(folder.path()).page_cache != PageCacheRole::before_disk) {
    GTEST_SKIP() << "no disk below " << folder.path();
  }
  auto const path = test::cached_file(folder.path());
  auto const file = test::open_for_reading(path);
  posix::sync(file, path);
  ASSERT_EQ(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED), 0);
  EXPECT_EQ(residency_of(file).fraction, 0.0);
  ASSERT_EQ(::posix_fadvise(file.get(), 0, 0, POSIX_FADV_RANDOM), 0);  // no reading ahead
  std::string half(test::cached_file_bytes / 2, '\0');
  ASSERT_EQ(::pread(file.get(), half.data(), half.size(), 0), static_cast<ssize_t>(half.size()));
  EXPECT_EQ(residency_of(file).fraction, 0.5);
}

TEST(PageResidency, OfAnEmptyFileIsNotKnown) {
  test::TemporaryFolder const folder;
  test::write(folder / "empty", "");
  Residency const residency = residency_of(test::open_for_reading(folder / "empty"));
  EXPECT_EQ(residency.fraction, std::nullopt);
  EXPECT_EQ(residency.reason, "the file is empty");
}

TEST(PageResidency, OfOthersFilesIsToldToThoseWhoMayWriteThemAlone) {
  Residency const residency = residency_of(test::open_for_reading("/etc/passwd"));
  EXPECT_EQ(residency.fraction.has_value(), ::access("/etc/passwd", W_OK) == 0) << residency.reason;
  EXPECT_EQ(residency.reason.empty(), residency.fraction.has_value());
}

}  // namespace
}  // namespace lauebench
