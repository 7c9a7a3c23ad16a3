#include "bench/thread_trial.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/error.hpp"
#include "sample_launch.hpp"

namespace lauebench {
namespace {

/// What `body` returns in a child process whose address space has room for some threads, not for thousands.
template <class Body>
int with_little_room(Body body) {
  pid_t const child = fork();
  if (child == 0) {
    constexpr rlim_t bytes = rlim_t{3} << 30U;
    rlimit const limit{bytes, bytes};
    _exit(setrlimit(RLIMIT_AS, &limit) == 0 ? body() : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

TEST(ThreadTrial, StartsWhatTheSystemGives) {
  EXPECT_EQ(ThreadTrial(1).refusal(), "");
  EXPECT_EQ(ThreadTrial(64).refusal(), "");
}

TEST(ThreadTrial, SaysHowManyTheSystemStarts) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs more address space than the test leaves";
#endif
  EXPECT_EQ(with_little_room([] {
              bool const few_run = ThreadTrial(8).refusal().empty();
              std::string const refusal = ThreadTrial(100'000).refusal();
              bool const is_said = refusal.starts_with("the system starts ") && refusal.ends_with("unavailable");
              return few_run && is_said ? 7 : 8;
            }),
            7);
}

TEST(ThreadTrial, PointsWithinTheCoresCostNothingAndOthersAreNamed) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs more address space than the test leaves";
#endif
  EXPECT_EQ(with_little_room([] {
              auto const ranks = make_serial_communicator();
              LaunchSite site = test::sample_site({1});
              Plan plan;
              plan.points = {{.id = "cpu-p1-t100000", .threads = 100'000, .ranks_on_nodes = {1}}};
              site.ranks[0].cpus.resize(100'000);
              check_thread_counts(plan, site, *ranks);
              site.ranks[0].cpus.resize(2);
              try {
                check_thread_counts(plan, site, *ranks);
              } catch (AgreedError const& error) {
                bool const is_named = std::string(error.what()).find("cpu-p1-t100000") != std::string::npos;
                return error.code() == ReturnCode::bad_input && is_named ? 7 : 8;
              }
              return 0;
            }),
            7);
}

TEST(ThreadTrial, StacksAreAsLargeAsOpenMpIsTold) {
  EXPECT_EQ(stack_bytes("4096"), std::size_t{4096} << 10U);
  EXPECT_EQ(stack_bytes(" 512 k "), std::size_t{512} << 10U);
  EXPECT_EQ(stack_bytes("16M"), std::size_t{16} << 20U);
  EXPECT_EQ(stack_bytes("1G"), std::size_t{1} << 30U);
  EXPECT_EQ(stack_bytes("65536B"), 65536U);
  for (auto const* const text : {"", "M", "-1", "0", "12x", "1MB"}) {
    EXPECT_EQ(stack_bytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace lauebench
