#include "bench/results_place.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "scratch_folder.hpp"
#include "staging/filesystem_facts.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;
using test::text_of;
using test::write_text;
using testing::AllOf;
using testing::HasSubstr;

class ResultsPlace : public testing::Test {
 protected:
  ResultsPlace() {
    config_.h5 = {folder_ / "first.h5", folder_ / "scan.h5"};
    config_.geometry = folder_ / "geometry.xml";
    config_.staging_dirs = {fs::canonical(folder_.path()) / "stage"};
    config_.results = folder_ / "results.jsonl";
    // what none of the other checks would notice
    write_text(config_.h5.back(), "{scan");
    write_text(config_.geometry, "{geometry");
  }

  /// The message with which `results` is refused; empty: it is not.
  std::string refusal_of(fs::path const& results) {
    config_.results = results;
    try {
      check_results_place(config_);
    } catch (Error const& error) {
      EXPECT_EQ(error.code(), ReturnCode::bad_input);
      EXPECT_THAT(error.what(), HasSubstr("--results"));
      return error.what();
    }
    return "";
  }

  test::ScratchFolder folder_;
  RunConfig config_;
};

TEST_F(ResultsPlace, NewFileAndNewStagingFolderAreFine) {
  EXPECT_EQ(refusal_of(folder_ / "results.jsonl"), "");
  EXPECT_EQ(refusal_of(config_.staging_dirs.front() / "results.jsonl"), "");
  EXPECT_FALSE(fs::exists(folder_ / "results.jsonl"));
  EXPECT_FALSE(fs::exists(config_.staging_dirs.front()));
}

/// What schedulers tell.
using Variables = std::map<std::string, std::string>;

EnvironmentLookup in(Variables const& variables) {
  return [variables](std::string const& name) {
    auto const found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST_F(ResultsPlace, DefaultIsTheStagingFolderWhereItOutlivesTheJob) {
  Variables const job{{"SLURM_JOB_ID", "12"}, {"SLURM_SUBMIT_DIR", "/home/u"}, {"SLURM_JOB_NAME", "grid"}};
  EXPECT_EQ(choose_results(config_, 1, in({})), config_.staging_dirs.front() / "results.jsonl") << "no job";
  config_.staging_scope = StagingScope::shared;
  for (int const nodes : {1, 2}) {
    EXPECT_EQ(choose_results(config_, nodes, in(job)), config_.staging_dirs.front() / "results.jsonl");
  }
}

TEST_F(ResultsPlace, DefaultIsTheFolderOfSubmissionWhereEachNodeHasItsOwnStagingFolder) {
  config_.staging_scope = StagingScope::node_local;
  Variables job{{"SLURM_JOB_ID", "12"}, {"SLURM_SUBMIT_DIR", "/home/u"}, {"SLURM_JOB_NAME", "a/b"}};
  for (int const nodes : {1, 2}) {
    EXPECT_EQ(choose_results(config_, nodes, in(job)), "/home/u/a_b-12.jsonl");
  }
  job["SLURM_ARRAY_JOB_ID"] = "11";
  job["SLURM_ARRAY_TASK_ID"] = "3";
  EXPECT_EQ(choose_results(config_, 2, in(job)), "/home/u/a_b-11_3.jsonl");
  Variables const pbs{{"PBS_JOBID", "7[2].server"}, {"PBS_O_WORKDIR", "/home/u"}, {"PBS_JOBNAME", "grid"}};
  EXPECT_EQ(choose_results(config_, 2, in(pbs)), "/home/u/grid-7[2].server.jsonl");
  EXPECT_EQ(choose_results(config_, 2, in({})), fs::current_path() / "laue-bench.jsonl");
}

TEST_F(ResultsPlace, ADiskOfTheNodeIsTakenForNodeLocal) {
  FilesystemReach const reach = read_filesystem_facts(folder_.path()).reach;
  ASSERT_EQ(reach, FilesystemReach::local) << "test folders lie on a disk or in memory";
  EXPECT_EQ(choose_results(config_, 2, in({})), fs::current_path() / "laue-bench.jsonl");
}

TEST_F(ResultsPlace, TheScanByWhateverName) {
  EXPECT_THAT(refusal_of(config_.h5.back()), AllOf(HasSubstr("it is the scan"), HasSubstr("scan.h5")));
  fs::create_hard_link(config_.h5.back(), folder_ / "hard");
  EXPECT_THAT(refusal_of(folder_ / "hard"), HasSubstr("it is the scan"));
  fs::create_symlink(config_.h5.back(), folder_ / "soft");
  EXPECT_THAT(refusal_of(folder_ / "soft"), HasSubstr("it is the scan"));
  EXPECT_EQ(text_of(config_.h5.back()), "{scan");
}

TEST_F(ResultsPlace, TheGeometryFile) {
  EXPECT_THAT(refusal_of(config_.geometry), HasSubstr("it is the geometry file"));
}

TEST_F(ResultsPlace, FoldersOfReplicasAndDepthImages) {
  EXPECT_THAT(refusal_of(config_.staging_dirs.front() / "input"), HasSubstr("belongs to the launch"));
  EXPECT_THAT(refusal_of(config_.staging_dirs.front() / ".laue-bench.lock"), HasSubstr("lock"));
  for (std::string const name : {"input", "output"}) {
    fs::create_directories(config_.staging_dirs.front() / name / "below");
    EXPECT_THAT(refusal_of(config_.staging_dirs.front() / name / "results.jsonl"), HasSubstr("belongs to the launch"));
    EXPECT_THAT(refusal_of(config_.staging_dirs.front() / name / "below/results.jsonl"),
                HasSubstr("belongs to the launch"));
    EXPECT_EQ(refusal_of(config_.staging_dirs.front() / (name + "s.jsonl")), "");
    fs::create_directory_symlink(config_.staging_dirs.front() / name, folder_ / ("link_" + name));
    EXPECT_THAT(refusal_of(folder_ / ("link_" + name) / "results.jsonl"), HasSubstr("belongs to the launch"));
  }
}

TEST_F(ResultsPlace, NamesOfLocks) {
  EXPECT_THAT(refusal_of(folder_ / ".laue-bench.lock"), HasSubstr("those of locks"));
  EXPECT_THAT(refusal_of(folder_ / "results.jsonl.lock"), HasSubstr("those of locks"));
  EXPECT_THAT(refusal_of(config_.staging_dirs.front() / ".laue-bench"),
              HasSubstr("its lock would be that of staging folder"));
  EXPECT_EQ(refusal_of(folder_ / "locks.jsonl"), "");
}

TEST_F(ResultsPlace, AScanOrGeometryFileInThePlaceOfItsLock) {
  fs::rename(config_.h5.back(), folder_ / "a.lock");
  config_.h5.back() = folder_ / "a.lock";
  EXPECT_THAT(refusal_of(folder_ / "a"), AllOf(HasSubstr("the scan"), HasSubstr("the name of its lock")));
  fs::rename(config_.geometry, folder_ / "b.lock");
  config_.geometry = folder_ / "b.lock";
  EXPECT_THAT(refusal_of(folder_ / "b"), AllOf(HasSubstr("the geometry"), HasSubstr("the name of its lock")));
}

TEST_F(ResultsPlace, AReplicaThroughALink) {
  fs::create_directories(config_.staging_dirs.front() / "input");
  write_text(config_.staging_dirs.front() / "input/scan_0.h5", "{replica");
  fs::create_symlink(config_.staging_dirs.front() / "input/scan_0.h5", folder_ / "soft");
  EXPECT_THAT(refusal_of(folder_ / "soft"), HasSubstr("belongs to the launch"));
}

TEST_F(ResultsPlace, FilesThatHoldNoRecords) {
  write_text(folder_ / "thesis.txt", "years of work");
  EXPECT_THAT(refusal_of(folder_ / "thesis.txt"), HasSubstr("something else than records"));
  EXPECT_EQ(text_of(folder_ / "thesis.txt"), "years of work");
  for (char const* const json : {"{\"my\": \"configuration\"}\n", "{\n  \"type\": \"mine\"\n}\n"}) {
    write_text(folder_ / "mine.json", json);
    EXPECT_THAT(refusal_of(folder_ / "mine.json"), HasSubstr("something else than records"));
  }
  write_text(folder_ / "torn.jsonl", "{\"ty");
  EXPECT_EQ(refusal_of(folder_ / "torn.jsonl"), "") << "by a kill";
  write_text(folder_ / "empty", "");
  EXPECT_EQ(refusal_of(folder_ / "empty"), "");
  write_text(folder_ / "old.jsonl", "{\"type\":\"params\"}\n");
  EXPECT_EQ(refusal_of(folder_ / "old.jsonl"), "");
}

TEST_F(ResultsPlace, LinksThatLeadNowhere) {
  fs::create_symlink(folder_ / "absent", folder_ / "soft");
  EXPECT_THAT(refusal_of(folder_ / "soft"), HasSubstr("leads nowhere"));
}

}  // namespace
}  // namespace lauebench
