#include "staging/cache_control.hpp"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "staging/cached_file.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t any_size = std::numeric_limits<std::uint64_t>::max();

CacheState state_with(PageCacheRole role, std::optional<double> resident, std::string const& memory_behind_disk = "") {
  ReplicaCache cache;
  cache.resident_before = resident;
  cache.resident_reason = resident ? "" : "mincore: not permitted";
  judge(cache, {role, memory_behind_disk});
  EXPECT_EQ(cache.state == CacheState::unknown, !cache.state_reason.empty());
  return cache.state;
}

TEST(CacheState, OfADiskGoesByTheFractionThatIsResident) {
  EXPECT_EQ(state_with(PageCacheRole::before_disk, 0.0), CacheState::cold);
  EXPECT_EQ(state_with(PageCacheRole::before_disk, 0.01), CacheState::cold);
  EXPECT_EQ(state_with(PageCacheRole::before_disk, 0.0101), CacheState::partial);
  EXPECT_EQ(state_with(PageCacheRole::before_disk, 0.9899), CacheState::partial);
  EXPECT_EQ(state_with(PageCacheRole::before_disk, 0.99), CacheState::warm);
  EXPECT_EQ(state_with(PageCacheRole::before_disk, std::nullopt), CacheState::unknown);
}

TEST(CacheState, IsNeverColdWhereMemoryMayHoldTheBytes) {
  EXPECT_EQ(state_with(PageCacheRole::before_server, 0.0), CacheState::client_cold);
  EXPECT_EQ(state_with(PageCacheRole::before_server, 0.5), CacheState::partial);
  EXPECT_EQ(state_with(PageCacheRole::before_server, 1.0), CacheState::warm);
  EXPECT_EQ(state_with(PageCacheRole::is_storage, 1.0), CacheState::warm_only);
  EXPECT_EQ(state_with(PageCacheRole::is_storage, 0.0), CacheState::warm_only) << "swapped out";
  EXPECT_EQ(state_with(PageCacheRole::bypassed, 0.0), CacheState::unknown);
  EXPECT_EQ(state_with(PageCacheRole::before_disk, 0.0, "ram0 is a disk in memory"), CacheState::unknown);
  EXPECT_EQ(state_with(PageCacheRole::before_disk, 1.0, "ram0 is a disk in memory"), CacheState::warm);
}

/// On a disk below the tests' temporary folder.
class CacheControlOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (read_filesystem_facts(folder_.path()).page_cache != PageCacheRole::before_disk) {
      GTEST_SKIP() << "no disk below " << folder_.path();
    }
  }

  test::TemporaryFolder folder_;
  std::filesystem::path replica_ = test::cached_file(folder_.path());
};

TEST_F(CacheControlOnDisk, ColdEvictsBeforeEveryRun) {
  CacheControl control(CachePolicy::cold, replica_);
  for (int run = 0; run < 2; ++run) {
    ReplicaCache const cache = control.prepare(any_size);
    ASSERT_TRUE(cache.resident_before) << cache.resident_reason;
    EXPECT_LE(*cache.resident_before, cold_fraction);
    EXPECT_GE(cache.attempts, 1);
    EXPECT_EQ(cache.replica_bytes, test::cached_file_bytes);
    EXPECT_EQ(test::read(replica_).size(), test::cached_file_bytes) << "what a run does";
  }
}

TEST_F(CacheControlOnDisk, PagesThatSomebodyHoldsAreTriedThreeTimesMoreAndNeverColdThen) {
  test::HeldPages const held(replica_);
  ReplicaCache const cache = CacheControl(CachePolicy::cold, replica_).prepare(any_size);
  EXPECT_EQ(cache.attempts, 4);
  EXPECT_EQ(cache.resident_before, 1.0);
  EXPECT_EQ(cache.state, CacheState::warm);
}

TEST_F(CacheControlOnDisk, WarmReadsThroughOnceAndAgainWhenPagesAreTaken) {
  static_cast<void>(CacheControl(CachePolicy::cold, replica_).prepare(any_size));
  CacheControl control(CachePolicy::warm, replica_);
  ReplicaCache const too_large = control.prepare(test::cached_file_bytes - 1);
  EXPECT_EQ(too_large.attempts, 0);
  EXPECT_LE(too_large.resident_before.value(), cold_fraction) << "it would not stay in memory";
  ReplicaCache const first = control.prepare(test::cached_file_bytes);
  EXPECT_EQ(first.attempts, 1);
  EXPECT_EQ(first.resident_before, 1.0);
  EXPECT_EQ(first.state, CacheState::warm);
  EXPECT_EQ(control.prepare(any_size).attempts, 0);
  static_cast<void>(CacheControl(CachePolicy::cold, replica_).prepare(any_size));
  ReplicaCache const again = control.prepare(any_size);
  EXPECT_EQ(again.attempts, 1);
  EXPECT_EQ(again.resident_before, 1.0);
}

TEST_F(CacheControlOnDisk, NoneOnlyLooks) {
  CacheControl none(CachePolicy::none, replica_);
  EXPECT_EQ(none.prepare(any_size).resident_before, 1.0);
  static_cast<void>(CacheControl(CachePolicy::cold, replica_).prepare(any_size));
  ReplicaCache const cache = none.prepare(any_size);
  EXPECT_LE(cache.resident_before.value(), cold_fraction);
  EXPECT_EQ(cache.attempts, 0);
}

TEST_F(CacheControlOnDisk, ReadingThatIsCancelledIsTold) {
  static_cast<void>(CacheControl(CachePolicy::cold, replica_).prepare(any_size));
  Cancellation const at_once([] { return Error(ReturnCode::cancelled, "it was cancelled", "a test", "go on"); });
  ReplicaCache const cache = CacheControl(CachePolicy::warm, replica_, at_once).prepare(any_size);
  EXPECT_EQ(cache.state, CacheState::unknown);
  EXPECT_THAT(cache.resident_reason, HasSubstr("it was cancelled (a test)"));
}

TEST(CacheControl, FilesInMemoryAreNeverCold) {
  std::filesystem::path const replica = "/dev/shm/laue-bench-cache-control-test.h5";
  if (read_filesystem_facts("/dev/shm").page_cache != PageCacheRole::is_storage) {
    GTEST_SKIP() << "no tmpfs at /dev/shm";
  }
  test::write(replica, std::string(test::cached_file_bytes, 'x'));
  ReplicaCache const cache = CacheControl(CachePolicy::cold, replica).prepare(any_size);
  std::filesystem::remove(replica);
  EXPECT_EQ(cache.state, CacheState::warm_only);
  EXPECT_EQ(cache.resident_before, 1.0);
  EXPECT_EQ(cache.attempts, 0) << "there is nowhere to evict it to";
}

TEST(CacheControl, NamedPipeInThePlaceOfAReplicaIsNotWaitedFor) {
  test::TemporaryFolder const folder;
  ASSERT_EQ(::mkfifo((folder / "pipe.h5").c_str(), 0600), 0);
  for (CachePolicy const policy : {CachePolicy::warm, CachePolicy::cold, CachePolicy::none}) {
    EXPECT_EQ(CacheControl(policy, folder / "pipe.h5").prepare(any_size).resident_before, std::nullopt);
  }
}

TEST(CacheControl, ReplicaThatIsGoneIsTold) {
  test::TemporaryFolder const folder;
  ReplicaCache const cache = CacheControl(CachePolicy::cold, folder / "none.h5").prepare(any_size);
  EXPECT_EQ(cache.resident_before, std::nullopt);
  EXPECT_THAT(cache.resident_reason, HasSubstr("cannot be opened: No such file"));
}

}  // namespace
}  // namespace lauebench
