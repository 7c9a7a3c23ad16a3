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
  EXPECT_EQ(found.at("job_id"), "4711");
  EXPECT_EQ(found.at("partition"), "debug");
  EXPECT_FALSE(found.contains("array_task_id"));
}

}  // namespace
}  // namespace lauebench
