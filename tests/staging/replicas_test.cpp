#include "staging/replicas.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "staging/content_digest.hpp"
#include "staging/file_helper.hpp"
#include "staging/left_behind.hpp"
#include "staging/own_names.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_manifest.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::read;
using test::write;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto copied = ReplicaAction::copied;
constexpr auto reused = ReplicaAction::reused;
constexpr auto replaced = ReplicaAction::replaced;

class StageReplicas : public testing::Test {
 protected:
  StageReplicas() {
    content_.resize(20'000'000, 'x');  // several of the buffers through which it is copied
    content_ += "end";
    write(scan_, content_);
    age(scan_);
    fs::create_directory(staging_);
  }

  /// Written to long ago, by its own account.
  static void age(fs::path const& file) {
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }

  std::vector<ReplicaAction> stage(int count, LockState lock = LockState::held) {
    std::vector<fs::path> scans{scan_};
    scans.insert(scans.end(), further_scans_.begin(), further_scans_.end());
    log_.clear();
    notable_.clear();
    target_ = stage_replicas({scans, staging_, first_numbers(count), 0, 0}, {lock, copies_at_once_},
                             [this](Importance importance, std::string_view line) {
                               log_ += std::string(line) + "\n";
                               notable_ += importance == Importance::notable ? std::string(line) + "\n" : "";
                             });
    std::vector<ReplicaAction> actions;
    actions.reserve(target_.replicas.size());
    for (auto const& replica : target_.replicas) {
      actions.push_back(replica.action);
    }
    return actions;
  }

  [[nodiscard]] fs::path replica(int i) const { return staging_ / "input" / ("scan_" + std::to_string(i) + ".h5"); }

  test::TemporaryFolder folder_;
  fs::path scan_ = (folder_ / "data/scan.h5").lexically_normal();
  std::vector<fs::path> further_scans_;
  fs::path staging_ = (folder_ / "staging").lexically_normal();
  std::string content_;
  StagedTarget target_;
  std::string log_;
  std::string notable_;  ///< of it what everybody is told
  int copies_at_once_ = 1;
};

TEST_F(StageReplicas, CopiesOncePerRankAndTellsSizeDigestAndTime) {
  EXPECT_THAT(stage(2), ElementsAre(copied, copied));
  ContentDigest digest;
  digest.add(std::as_bytes(std::span(content_)));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(read(replica(i)), content_);
    auto const& told = target_.replicas[static_cast<std::size_t>(i)];
    EXPECT_EQ(told.path, replica(i));
    EXPECT_EQ(told.bytes, content_.size());
    EXPECT_EQ(told.checksum, digest.hex());
    EXPECT_GT(told.seconds, 0.0);
    EXPECT_EQ(told.reason, "there was none");
    ASSERT_TRUE(told.copy_s.has_value());
    EXPECT_GT(*told.copy_s, 0.0);
    EXPECT_LE(*told.copy_s, told.seconds);
    EXPECT_THAT(log_, HasSubstr(replica(i).string()));
  }
  EXPECT_EQ(target_.path, staging_);
  EXPECT_EQ(test::snapshot(staging_ / "input").size(), 3U) << "two replicas and the manifest";
}

TEST_F(StageReplicas, SeveralAtOnceAreTheSameAsOneAfterTheOther) {
  constexpr int count = 5;
  copies_at_once_ = 3;
  EXPECT_THAT(stage(count), testing::Each(copied));
  double added_s = 0.0;
  for (auto const& told : target_.replicas) {
    EXPECT_EQ(read(told.path), content_);
    EXPECT_EQ(told.checksum, target_.replicas[0].checksum);
    EXPECT_LE(told.copy_s.value(), target_.copy_wall_s.value());
    added_s += *told.copy_s;
  }
  EXPECT_LE(target_.copy_wall_s.value(), added_s) << "they overlap, and one begins when another has ended";
  copies_at_once_ = 1;
  EXPECT_THAT(stage(count), testing::Each(reused));
  EXPECT_EQ(target_.copy_wall_s, std::nullopt);
}

TEST_F(StageReplicas, EndsBetweenTwoPiecesWhenItIsCancelled) {
  int looks = 0;
  StagingTerms terms;
  terms.cancellation = Cancellation([&looks]() -> std::optional<Error> {
    constexpr int looks_per_copy = 4;  // before each of three pieces and at the end
    ++looks;
    return looks == looks_per_copy + 2 ? std::optional(Error(ReturnCode::cancelled, "enough", "it was", "stop"))
                                       : std::nullopt;
  });
  expect_error(
      [&] {
        static_cast<void>(
            stage_replicas({{scan_}, staging_, {0, 1, 2}, 0, 0}, terms, [](Importance, std::string_view) {}));
      },
      ReturnCode::cancelled, {"enough (it was): stop"});
  EXPECT_EQ(read(replica(0)), content_) << "what is whole stays";
  EXPECT_EQ(test::snapshot(staging_ / "input").size(), 2U) << "nothing is left of the second one";
  EXPECT_THAT(stage(2), ElementsAre(reused, copied));
}

/// Three replicas of two scans.
class StageTwoScans : public StageReplicas {
 protected:
  StageTwoScans() {
    write(other_, other_content_);
    age(other_);
    further_scans_.push_back(other_);
  }

  [[nodiscard]] fs::path other_replica() const { return staging_ / "input/other_1.h5"; }

  std::string other_content_ = "the other one";
  fs::path other_ = (folder_ / "elsewhere/other.h5").lexically_normal();
};

TEST_F(StageTwoScans, AreCopiedInTurn) {
  EXPECT_THAT(stage(3), ElementsAre(copied, copied, copied));
  EXPECT_EQ(read(replica(0)), content_);
  EXPECT_EQ(read(other_replica()), other_content_);
  EXPECT_EQ(read(replica(2)), content_);
  EXPECT_EQ(target_.replicas[1].scan, other_);
  EXPECT_EQ(target_.replicas[2].scan, scan_);
  EXPECT_EQ(target_.replicas[1].bytes, other_content_.size());
  EXPECT_NE(target_.replicas[0].checksum, target_.replicas[1].checksum);
  EXPECT_EQ(target_.replicas[0].checksum, target_.replicas[2].checksum);
  EXPECT_THAT(stage(3), ElementsAre(reused, reused, reused));
}

TEST_F(StageTwoScans, AreReplacedEachWhenItChanges) {
  stage(3);
  other_content_ = "another other";
  write(other_, other_content_);
  age(other_);
  EXPECT_THAT(stage(3), ElementsAre(reused, replaced, reused));
  EXPECT_FALSE(target_.replicas[0].copy_s.has_value());
  EXPECT_TRUE(target_.replicas[1].copy_s.has_value());
  EXPECT_EQ(read(other_replica()), other_content_);
}

TEST_F(StageTwoScans, ALinkToOneInTheOthersPlaceIsNoCopy) {
  fs::create_directory(staging_ / "input");
  fs::create_hard_link(scan_, other_replica());
  EXPECT_THROW(stage(3), Error) << "it has neither the size of that scan nor a record";
  fs::remove(other_replica());
  fs::create_hard_link(other_, other_replica());
  EXPECT_THAT(stage(3), ElementsAre(copied, replaced, copied));
  EXPECT_EQ(read(other_), other_content_);
  EXPECT_THAT(stage(3), ElementsAre(reused, reused, reused));
}

TEST_F(StageTwoScans, AFileThatIsNoneOfOursEndsItBeforeAnyCopy) {
  write(other_replica(), "years of work");
  EXPECT_THROW(stage(3), Error);
  EXPECT_FALSE(fs::exists(replica(0)));
  EXPECT_EQ(read(other_replica()), "years of work");
}

/// The manifest is made to say of a scan what it does not hold, as one from another machine might.
void forge_digest(fs::path const& manifest, std::string const& digest) {
  auto text = read(manifest);
  for (auto at = text.find(digest); at != std::string::npos; at = text.find(digest, at + 1)) {
    text[at] = digest.front() == '0' ? '1' : '0';
  }
  write(manifest, text);
}

TEST_F(StageTwoScans, AManifestThatIsWrongAboutBothIsDoubtedForEach) {
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));  // before that its digests are not believed
  stage(2);
  auto const manifest = staging_ / "input" / manifest_name;
  for (Replica const& replica : target_.replicas) {
    forge_digest(manifest, replica.checksum);
    fs::remove(replica.path);
  }
  auto const proven = target_.replicas;
  stage(2);
  EXPECT_EQ(read(replica(0)), content_);
  EXPECT_EQ(read(other_replica()), other_content_);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(target_.replicas[i].checksum, proven[i].checksum) << i;
  }
}

TEST_F(StageTwoScans, TheOneThatChangesMeanwhileIsNamed) {
  // the first lines are logged when the first scan was copied
  auto const change = [this](Importance /*importance*/, std::string_view line) {
    if (line.find("other_1.h5") != std::string_view::npos) {
      write(other_, "changed");
    }
  };
  expect_error(
      [&] {
        static_cast<void>(stage_replicas({{scan_, other_}, staging_, {0, 1}, 0, 0}, {}, change));
      },
      ReturnCode::bad_input, {other_.string(), "changed while it was staged"});
}

TEST_F(StageTwoScans, NotesOfTheTargetAreLogged) {
  stage(3);
  std::vector<StagingNote> const expected = staging_notes(target_.filesystem, ReplicaContents::some_identical);
  EXPECT_EQ(target_.notes, expected);
  EXPECT_EQ(notable_.find("some replicas are identical") == std::string::npos, expected.empty());
  stage(2);
  EXPECT_TRUE(target_.notes.empty()) << "their contents differ";
}

TEST_F(StageReplicas, ReusesUnchangedOnesAndKeepsThoseBeyondTheCount) {
  stage(3);
  auto const before = fs::last_write_time(replica(2));
  EXPECT_THAT(stage(2), ElementsAre(reused, reused));
  EXPECT_THAT(target_.replicas[0].reason, HasSubstr("unchanged since"));
  EXPECT_EQ(fs::last_write_time(replica(2)), before);
  EXPECT_THAT(stage(4), ElementsAre(reused, reused, reused, copied));
}

TEST_F(StageReplicas, ReplacesAllWhenTheScanChangedThoughSizeAndTimeAreTheSame) {
  stage(2);
  auto const time = fs::last_write_time(scan_);
  content_.front() = 'y';
  write(scan_, content_);
  fs::last_write_time(scan_, time);
  EXPECT_THAT(stage(2), ElementsAre(replaced, replaced));
  EXPECT_EQ(target_.replicas[1].reason, "the scan has changed since it was made");
  EXPECT_EQ(read(replica(1)), content_);
}

TEST_F(StageReplicas, ReplacesAllWhenTheScanHasAnotherSize) {
  stage(1);
  content_ += "more";
  write(scan_, content_);
  EXPECT_THAT(stage(1), ElementsAre(replaced));
  EXPECT_EQ(read(replica(0)), content_);
}

TEST_F(StageReplicas, ReplacesADamagedOneAlone) {
  stage(2);
  auto damaged = content_;
  damaged[damaged.size() / 2] = '!';
  write(replica(1), damaged);
  EXPECT_THAT(stage(2), ElementsAre(reused, replaced));
  EXPECT_EQ(target_.replicas[1].reason, "its content is not the scan's");
  EXPECT_EQ(read(replica(1)), content_);
  fs::resize_file(replica(0), 5);
  EXPECT_THAT(stage(2), ElementsAre(replaced, reused));
  EXPECT_EQ(target_.replicas[0].reason, "its size is not the scan's");
}

/// As tools make them that look for equal files.
TEST_F(StageReplicas, ReplacesALinkToAnotherReplica) {
  stage(2);
  fs::remove(replica(1));
  fs::create_hard_link(replica(0), replica(1));
  EXPECT_THAT(stage(2), ElementsAre(replaced, replaced));
  EXPECT_EQ(target_.replicas[1].reason, "the file has another name as well (a hard link)");
  EXPECT_EQ(fs::hard_link_count(replica(0)), 1U);
  EXPECT_EQ(fs::hard_link_count(replica(1)), 1U);
  EXPECT_THAT(stage(2), ElementsAre(reused, reused));
}

TEST_F(StageReplicas, AFileThatIsMadeWhileItsReplicaIsCopiedStays) {
  StagingTerms terms;
  terms.cancellation = Cancellation([this]() -> std::optional<Error> {
    write(replica(0), "years of work");
    return std::nullopt;
  });
  expect_error(
      [&] {
        static_cast<void>(stage_replicas({{scan_}, staging_, {0}, 0, 0}, terms, [](Importance, std::string_view) {}));
      },
      ReturnCode::bad_input, {replica(0).string(), "a file of that name was made while it was copied"});
  EXPECT_EQ(read(replica(0)), "years of work");
}

TEST_F(StageReplicas, ACopyThatNoLaunchMadeIsReadButNeverOurs) {
  fs::create_directory(staging_ / "input");
  write(replica(1), content_);
  for (int launch = 0; launch < 2; ++launch) {
    EXPECT_THAT(stage(2), ElementsAre(launch == 0 ? copied : reused, reused));
    EXPECT_EQ(target_.replicas[1].reason, "its content is the scan's, though no launch made it");
  }
  EXPECT_EQ(read(staging_ / "input" / manifest_name).find("scan_1.h5"), std::string::npos);
  remove_replicas(staging_);
  EXPECT_EQ(read(replica(1)), content_);
  EXPECT_FALSE(fs::exists(replica(0)));
}

TEST_F(StageReplicas, LooksAtTheContentWhereTheTimesHaveChanged) {
  stage(2);
  fs::last_write_time(replica(0), fs::file_time_type::clock::now());
  EXPECT_THAT(stage(2), ElementsAre(reused, reused));
  EXPECT_EQ(target_.replicas[0].reason, "its content is the scan's");
  EXPECT_THAT(stage(2), ElementsAre(reused, reused));
  EXPECT_THAT(target_.replicas[0].reason, HasSubstr("unchanged since"));
}

TEST_F(StageReplicas, AFileOfTheUsersOwnStaysAndEndsTheLaunch) {
  write(replica(1), "years of work");
  expect_error([&] { stage(2); }, ReturnCode::bad_input, {replica(1).string(), "move it away"});
  EXPECT_EQ(read(replica(1)), "years of work");
  EXPECT_FALSE(fs::exists(replica(0)));
  // of the scan's size: its content tells
  std::string const other(content_.size(), 'o');
  write(replica(1), other);
  expect_error([&] { stage(2); }, ReturnCode::bad_input, {replica(1).string(), "move it away"});
  EXPECT_EQ(read(replica(1)), other);
  EXPECT_FALSE(fs::exists(replica(0))) << "nothing is copied when something is in the way";
  fs::remove(replica(1));
  EXPECT_THAT(stage(2), ElementsAre(copied, copied));
}

TEST_F(StageReplicas, SaysToEverybodyWhatItReplacesAndWhy) {
  stage(2);
  EXPECT_EQ(notable_, "");
  write(replica(1), "damaged");
  stage(2);
  EXPECT_THAT(notable_, HasSubstr(replica(1).string()));
  EXPECT_THAT(notable_, HasSubstr("its size is not the scan's"));
  EXPECT_THAT(notable_, testing::Not(HasSubstr(replica(0).string())));
}

TEST_F(StageReplicas, AReplicaOfAKilledLaunchIsOursThoughTheScanChangedSince) {
  // killed between renaming the copy and writing the manifest, which only says that the name was about to be used
  stage(1);
  ReplicaManifest announced;
  announced.announce(replica(0).filename().string(), {"", {content_.size(), 0, 0, 0}, 0, ""});
  auto const input = staging_ / "input";
  write_manifest(announced, posix::open_folder(input), input);
  content_ += "more";
  write(scan_, content_);
  EXPECT_THAT(stage(1), ElementsAre(replaced));
  EXPECT_EQ(read(replica(0)), content_);
}

TEST_F(StageReplicas, TakesAnotherScanOfTheSameNameForWhatItIs) {
  stage(1);
  scan_ = folder_ / "other/scan.h5";
  write(scan_, content_);
  EXPECT_THAT(stage(1), ElementsAre(reused));
  write(scan_, "another scan");
  EXPECT_THAT(stage(1), ElementsAre(replaced));
  EXPECT_EQ(read(replica(0)), "another scan");
}

TEST_F(StageReplicas, AReplicaThatIsALinkToTheScanItselfBecomesACopy) {
  fs::create_directory(staging_ / "input");
  fs::create_hard_link(scan_, replica(0));
  EXPECT_THAT(stage(1), ElementsAre(replaced));
  EXPECT_FALSE(fs::equivalent(scan_, replica(0)));
  EXPECT_EQ(read(scan_), content_);
}

TEST_F(StageReplicas, AWrongBeliefOfTheManifestIsFoundOutByTheNextCopy) {
  stage(2);
  auto const manifest = staging_ / "input" / manifest_name;
  auto text = read(manifest);
  auto const digest = target_.replicas[0].checksum;
  for (auto at = text.find(digest); at != std::string::npos; at = text.find(digest, at)) {
    text.replace(at, digest.size(), std::string(digest.size(), '0'));
  }
  // as if the scan had been read long after its last change
  std::size_t at = 0;
  while ((at = text.find("\"looked_at_ns\": ", at)) != std::string::npos) {
    at += std::string("\"looked_at_ns\": ").size();
    text.replace(at, 1, "8");
  }
  write(manifest, text);
  fs::remove(replica(1));
  EXPECT_THAT(stage(2), ElementsAre(replaced, reused));
  EXPECT_EQ(target_.replicas[0].checksum, digest);
  EXPECT_THAT(read(manifest), testing::Not(HasSubstr(std::string(digest.size(), '0'))));
}

TEST_F(StageReplicas, SweepsHalfMadeCopiesOfOursAlone) {
  stage(1);
  auto const input = staging_ / "input";
  write(input / ".scan_0.h5.laue-bench-tmp-99999", "half");
  write(input / "notes.txt", "mine");
  write(input / ".scan_0.h5.laue-bench-tmp-x", "not ours");
  fs::create_directory(input / ".folder.laue-bench-tmp-1");
  fs::create_symlink(scan_, input / ".link.laue-bench-tmp-1");
  stage(1, LockState::refused);
  EXPECT_TRUE(fs::exists(input / ".scan_0.h5.laue-bench-tmp-99999")) << "without the lock it may be another launch's";
  stage(1);
  EXPECT_FALSE(fs::exists(input / ".scan_0.h5.laue-bench-tmp-99999"));
  EXPECT_THAT(log_, HasSubstr("laue-bench-tmp-99999"));
  EXPECT_EQ(read(input / "notes.txt"), "mine");
  EXPECT_EQ(read(input / ".scan_0.h5.laue-bench-tmp-x"), "not ours");
  EXPECT_TRUE(fs::is_directory(input / ".folder.laue-bench-tmp-1"));
  EXPECT_TRUE(fs::is_symlink(input / ".link.laue-bench-tmp-1"));
}

TEST_F(StageReplicas, FollowsNoLinksAndOverwritesNothingElse) {
  auto const elsewhere = folder_ / "elsewhere";
  write(elsewhere / "precious", "work");
  fs::create_directory_symlink(elsewhere, staging_ / "input");
  expect_error([&] { stage(1); }, ReturnCode::bad_input, {"input", "symbolic link"});
  fs::remove(staging_ / "input");
  fs::create_directory(staging_ / "input");
  fs::create_symlink(elsewhere / "precious", replica(0));
  expect_error([&] { stage(1); }, ReturnCode::bad_input, {replica(0).string(), "symbolic link"});
  fs::remove(replica(0));
  fs::create_symlink(elsewhere / "precious", replica(1));
  expect_error([&] { stage(2); }, ReturnCode::bad_input, {replica(1).string(), "symbolic link"});
  EXPECT_FALSE(fs::exists(replica(0))) << "nothing is written when something is in the way";
  fs::create_directory(replica(0));
  expect_error([&] { stage(1); }, ReturnCode::bad_input, {replica(0).string(), "not a regular file"});
  EXPECT_EQ(test::snapshot(elsewhere), (std::map<std::string, std::string>{{"precious", "work"}}));
}

/// Runs `body` in a child; its exit status.
int in_child(std::function<int()> const& body) {
  pid_t const child = fork();
  if (child == 0) {
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

TEST_F(StageReplicas, AFailedCopyLeavesTheOldReplicaAndNothingElse) {
  stage(1);
  auto const old_content = content_;
  content_.back() = '!';
  write(scan_, content_);
  int const status = in_child([this] {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit const limit{1'000'000, 1'000'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    try {
      stage(1);
    } catch (Error const& error) {
      return error.code() == ReturnCode::io_error ? 7 : 8;
    }
    return 0;
  });
  EXPECT_EQ(status, 7);
  EXPECT_EQ(read(replica(0)), old_content);
  EXPECT_EQ(test::snapshot(staging_ / "input").size(), 2U) << "replica and manifest";
  EXPECT_THAT(stage(1), ElementsAre(replaced));
}

TEST_F(StageReplicas, AKilledCopyIsSweptAndMadeAgain) {
  // killed by the kernel in the middle of writing: SIGXFSZ at its default ends the process
  int const status = in_child([this] {
    std::signal(SIGXFSZ, SIG_DFL);
    rlimit const limit{9'000'000, 9'000'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    stage(1);
    return 0;
  });
  EXPECT_EQ(status, 1000);
  auto left = test::snapshot(staging_ / "input");
  EXPECT_EQ(left.erase(manifest_name), 1U) << "the name is written down before it is given";
  ASSERT_EQ(left.size(), 1U);
  EXPECT_TRUE(is_temporary_name(left.begin()->first));
  EXPECT_THAT(stage(1), ElementsAre(copied));
  EXPECT_EQ(test::snapshot(staging_ / "input").size(), 2U);
}

TEST_F(StageReplicas, AFullFilesystemIsAnErrorWithBothFiguresBeforeAnythingIsWritten) {
  constexpr int no_mounts_here = 77;
  int const status = in_child([this] {
    bool const is_mounted = unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) == 0 &&
                            mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                            mount("none", staging_.c_str(), "tmpfs", 0, "size=1m") == 0;
    if (!is_mounted) {
      return no_mounts_here;
    }
    try {
      stage(1);
    } catch (Error const& error) {
      std::string const text = error.what();
      bool const names_both = text.find(std::to_string(content_.size())) != std::string::npos &&
                              text.find("1048576 bytes free") != std::string::npos;
      return names_both && fs::is_empty(staging_) ? 7 : 8;
    }
    return 0;
  });
  if (status == no_mounts_here) {
    GTEST_SKIP() << "this environment lets nobody mount a filesystem";
  }
  EXPECT_EQ(status, 7);
}

TEST_F(StageReplicas, OtherUsersFilesAreRefused) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can give files away";
  }
  stage(1);
  ASSERT_EQ(chown(replica(0).c_str(), 12345, 12345), 0);
  expect_error([&] { stage(1); }, ReturnCode::bad_input, {replica(0).string(), "another user"});
  ASSERT_EQ(chown((staging_ / "input").c_str(), 12345, 12345), 0);
  expect_error([&] { stage(1); }, ReturnCode::bad_input, {"input", "another user"});
}

}  // namespace
}  // namespace lauebench
