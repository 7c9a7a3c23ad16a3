// main() of the MPI tests: rank 0 prints the usual progress, every rank prints its own failures, and the worst result
// of all ranks is what every rank returns.

#include <cstdio>
#include <string>

#include <gtest/gtest.h>
#include <mpi.h>

namespace {

/// Prints one line per failure with the rank in front; in one write, so that ranks do not tear each other's lines.
class FailurePrinter : public testing::EmptyTestEventListener {
 public:
  explicit FailurePrinter(int rank) : prefix_("[rank " + std::to_string(rank) + "] ") {}

  void OnTestStart(testing::TestInfo const& info) override {
    test_ = std::string(info.test_suite_name()) + "." + info.name();
  }

  void OnTestPartResult(testing::TestPartResult const& result) override {
    if (!result.failed()) {
      return;
    }
    std::string const where =
        result.file_name() == nullptr ? "?" : result.file_name() + (":" + std::to_string(result.line_number()));
    std::string const text = prefix_ + test_ + " " + where + ": " + result.message() + "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }

 private:
  std::string prefix_;
  std::string test_ = "outside of a test";
};

int run_on_all_ranks(int rank) {
  testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
  if (rank != 0) {
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new FailurePrinter(rank));
  }
  int const mine = RUN_ALL_TESTS();
  int worst = mine;
  MPI_Allreduce(&mine, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
  testing::InitGoogleTest(&argc, argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  int const status = run_on_all_ranks(rank);
  MPI_Finalize();
  return status;
}
