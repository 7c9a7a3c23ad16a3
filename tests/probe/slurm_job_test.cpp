#include "probe/slurm_job.hpp"

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
  EXPECT_EQ(std::get<std::string>(found.at("job_id")), "4711");
  EXPECT_EQ(std::get<std::string>(found.at("partition")), "debug");
  EXPECT_EQ(std::get<Unknown>(found.at("array_task_id")).reason, "SLURM_ARRAY_TASK_ID is not set");
  EXPECT_EQ(std::get<Unknown>(found.at("time_limit_s")).reason, "SLURM_JOB_START_TIME is not set");
}

TEST(SlurmJob, TimeLimitLiesBetweenItsMoments) {
  Variable const job("SLURM_JOB_ID", "4711");
  Variable const start("SLURM_JOB_START_TIME", "1700000000");
  {
    Variable const end("SLURM_JOB_END_TIME", "1700003600");
    EXPECT_EQ(std::get<std::string>(std::get<SlurmJob>(read_slurm_job()).at("time_limit_s")), "3600");
  }
  Variable const end("SLURM_JOB_END_TIME", "never");
  EXPECT_EQ(std::get<Unknown>(std::get<SlurmJob>(read_slurm_job()).at("time_limit_s")).reason,
            "SLURM_JOB_END_TIME is no number of seconds: 'never'");
}

}  // namespace
}  // namespace lauebench
