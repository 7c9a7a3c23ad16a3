#include "staging/proven_replica.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "staging/content_digest.hpp"
#include "staging/file_helper.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::write;

class ProvenReplicaTest : public testing::Test {
 protected:
  ProvenReplicaTest() { write(file_, "content"); }

  [[nodiscard]] ProvenReplica proven() const {
    ProvenReplica replica(file_, digest_of("content"), state_of(file_));
    EXPECT_TRUE(replica.is_unchanged());
    // filesystems count time in steps of the kernel's clock
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return replica;
  }

  /// As `touch -r` does.
  void write_and_set_time_back(std::string const& content) const {
    struct stat before {};
    ASSERT_EQ(::stat(file_.c_str(), &before), 0);
    write(file_, content);
    std::array const times{before.st_atim, before.st_mtim};
    ASSERT_EQ(::utimensat(AT_FDCWD, file_.c_str(), times.data(), 0), 0);
    struct stat after {};
    ASSERT_EQ(::stat(file_.c_str(), &after), 0);
    ASSERT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    ASSERT_EQ(after.st_ino, before.st_ino);
  }

  test::TemporaryFolder folder_;
  fs::path file_ = folder_ / "scan_0.h5";
};

TEST_F(ProvenReplicaTest, IsUnchangedUnlessSomethingHappens) {
  ProvenReplica replica = proven();
  EXPECT_EQ(replica.path(), file_);
  EXPECT_TRUE(replica.is_unchanged());
  EXPECT_EQ(test::read(file_), "content");
  EXPECT_TRUE(replica.is_unchanged()) << "reading is no change";
}

TEST_F(ProvenReplicaTest, ContentWhoseTimeWasSetBackIsNoticed) {
  ProvenReplica replica = proven();
  write_and_set_time_back("CONTENT");
  EXPECT_FALSE(replica.is_unchanged());
  EXPECT_FALSE(replica.is_unchanged()) << "nor is it the next time";
}

TEST_F(ProvenReplicaTest, OtherRightsAndNamesAreNoOtherContent) {
  ProvenReplica replica = proven();
  fs::permissions(file_, fs::perms::owner_read);
  EXPECT_TRUE(replica.is_unchanged());
  fs::create_hard_link(file_, folder_ / "backup");
  EXPECT_TRUE(replica.is_unchanged());
}

TEST_F(ProvenReplicaTest, ChangeBehindAnotherNameIsNoticed) {
  ProvenReplica replica = proven();
  fs::create_hard_link(file_, folder_ / "backup");
  EXPECT_TRUE(replica.is_unchanged());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  write_and_set_time_back("CONTENT");
  EXPECT_FALSE(replica.is_unchanged()) << "what was looked at before is no proof";
}

TEST_F(ProvenReplicaTest, TouchedReplacedAndRemovedOnesAreNoticed) {
  ProvenReplica touched = proven();
  fs::last_write_time(file_, fs::file_time_type::clock::now());
  EXPECT_FALSE(touched.is_unchanged());
  ProvenReplica replaced = proven();
  write(folder_ / "other", "content");
  fs::rename(folder_ / "other", file_);
  EXPECT_FALSE(replaced.is_unchanged());
  ProvenReplica removed = proven();
  fs::remove(file_);
  EXPECT_FALSE(removed.is_unchanged());
}

TEST_F(ProvenReplicaTest, ChangeBeforeTheFirstLookIsNoticed) {
  FileState const staged = state_of(file_);
  write(file_, "CONTENT");
  EXPECT_FALSE(ProvenReplica(file_, digest_of("content"), staged).is_unchanged());
}

TEST_F(ProvenReplicaTest, OtherTimesAtTheFirstLookAreThoseOfAnotherNode) {
  FileState elsewhere = state_of(file_);
  elsewhere.mtime_ns /= 1'000'000'000;
  ProvenReplica replica(file_, digest_of("content"), elsewhere);
  EXPECT_TRUE(replica.is_unchanged());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  write(file_, "CONTENT");
  EXPECT_FALSE(replica.is_unchanged());
}

TEST_F(ProvenReplicaTest, NamedPipeInItsPlaceIsNoReplicaAndNotWaitedFor) {
  ProvenReplica replica = proven();
  fs::remove(file_);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_FALSE(replica.is_unchanged());
}

}  // namespace
}  // namespace lauebench
