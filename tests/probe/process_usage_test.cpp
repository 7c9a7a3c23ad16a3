#include "probe/process_usage.hpp"

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

TEST(ProcessUsage, CountsComputingOfAllThreads) {
  ProcessUsage const before = process_usage();
  auto const compute = [&before] {
    double volatile sum = 0.0;
    while ((process_usage() - before).user_s + (process_usage() - before).system_s < 0.1) {
      for (int i = 0; i < 100'000; ++i) {
        sum = sum + i;
      }
    }
  };
  std::jthread(compute).join();
  ProcessUsage const spent = process_usage() - before;
  EXPECT_GE(spent.user_s + spent.system_s, 0.1);
  EXPECT_GT(spent.user_s, 0.0);
}

TEST(ProcessUsage, CountsWaiting) {
  ProcessUsage const before = process_usage();
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_GE((process_usage() - before).voluntary_switches, 20);
}

TEST(ProcessUsage, CountsPagesThatAreTouched) {
  constexpr std::size_t pages = 1000;
  auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const memory = ::mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  ::madvise(memory, pages * page, MADV_NOHUGEPAGE);
  ProcessUsage const before = process_usage();
  for (std::size_t i = 0; i < pages; ++i) {
    static_cast<char volatile*>(memory)[i * page] = 1;
  }
  EXPECT_GE((process_usage() - before).minor_faults, static_cast<std::int64_t>(pages));
  ::munmap(memory, pages * page);
}

TEST(ProcessUsage, CountsWhatIsReadAndWritten) {
  if (!std::ifstream("/proc/self/io").good()) {
    GTEST_SKIP() << "/proc/self/io cannot be read";
  }
  test::TemporaryFolder const folder;
  std::string const text(1'000'000, 'x');
  ProcessUsage const before = process_usage();
  std::ofstream(folder / "file") << text;
  std::string const copy(std::istreambuf_iterator<char>(std::ifstream(folder / "file").rdbuf()), {});
  ProcessUsage const spent = process_usage() - before;
  EXPECT_EQ(copy.size(), text.size());
  EXPECT_GE(spent.written_by_calls_bytes, 1'000'000);
  EXPECT_GE(spent.read_by_calls_bytes, 1'000'000);
  EXPECT_LT(spent.read_by_calls_bytes, 2'000'000);
  EXPECT_TRUE(spent.read_from_device_bytes);
  EXPECT_TRUE(spent.written_to_device_bytes);
}

TEST(ProcessUsage, WhatOneReadingLacksHasNoDifference) {
  ProcessUsage later;
  later.read_by_calls_bytes = 5;
  later.written_by_calls_bytes = 7;
  ProcessUsage earlier;
  earlier.written_by_calls_bytes = 3;
  EXPECT_EQ((later - earlier).read_by_calls_bytes, std::nullopt);
  EXPECT_EQ((later - earlier).written_by_calls_bytes, 4);
}

}  // namespace
}  // namespace lauebench
