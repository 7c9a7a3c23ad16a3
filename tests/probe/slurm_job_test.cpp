#include "probe/slurm_job.hpp"

#include <cstdint>
#include <cstdlib>

#include <gtest/gtest.h>

namespace lauebench {
namespace {

/// Sets a variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(char const* name, char const* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(Variable const&) = delete;
  Variable& operator=(Variable const&) = delete;

 private:
  char const* name_;
};

TEST(SlurmJob, OutsideOfAJobThereIsAReason) {
  ::unsetenv("SLURM_JOB_ID");
  EXPECT_EQ(std::get<Unknown>(read_slurm_job()).reason, "not started inside a Slurm job");
}

TEST(SlurmJob, WhatSlurmSetsIsTakenOver) {
  Variable const job("SLURM_JOB_ID", "4711");
  Variable const partition("SLURM_JOB_PARTITION", "debug");
  SlurmJob const found = std::get<SlurmJob>(read_slurm_job());
  EXPECT_EQ(std::get<std::string>(found.variables.at("job_id")), "4711");
  EXPECT_EQ(std::get<std::string>(found.variables.at("partition")), "debug");
  EXPECT_EQ(std::get<Unknown>(found.variables.at("array_task_id")).reason, "SLURM_ARRAY_TASK_ID is not set");
  EXPECT_EQ(std::get<Unknown>(found.time_limit_s).reason, "SLURM_JOB_START_TIME is not set");
}

/// Of a job that starts at 1700000000 and has to end at `end_time`.
Reading<std::int64_t> time_limit_until(char const* end_time) {
  Variable const job("SLURM_JOB_ID", "4711");
  Variable const start("SLURM_JOB_START_TIME", "1700000000");
  Variable const end("SLURM_JOB_END_TIME", end_time);
  return std::get<SlurmJob>(read_slurm_job()).time_limit_s;
}

TEST(SlurmJob, TimeLimitLiesBetweenItsMoments) {
  EXPECT_EQ(std::get<std::int64_t>(time_limit_until("1700003600")), 3600);
  EXPECT_EQ(std::get<std::int64_t>(time_limit_until("1731535999")), 31535999);
  EXPECT_EQ(std::get<Unknown>(time_limit_until("never")).reason, "SLURM_JOB_END_TIME is no number of seconds: 'never'");
  EXPECT_EQ(std::get<Unknown>(time_limit_until("1700000000")).reason,
            "SLURM_JOB_END_TIME (1700000000) is not after SLURM_JOB_START_TIME (1700000000)");
}

TEST(SlurmJob, UnlimitedTimeIsNoLimitOfAYear) {
  EXPECT_EQ(std::get<Unknown>(time_limit_until("1731536000")).reason,
            "the job has no limit: Slurm puts its end 365 days after its start");
}

}  // namespace
}  // namespace lauebench
