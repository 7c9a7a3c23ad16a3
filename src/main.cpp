#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "bench/interruption.hpp"
#include "bench/run_benchmark.hpp"
#include "cluster/cluster_session.hpp"
#include "commands.hpp"
#include "config/error.hpp"
#include "config/options.hpp"
#include "config/say.hpp"
#include "probe/build_info.hpp"

namespace lauebench {
namespace {

/// As `laue-bench reconstruct` returns them: 2 stands for what the user can mend, 3 and 4 for a system that failed.
/// Only a signal cancels outside of reconstructions.
int exit_status(std::exception const& error) {
  if (auto const* const known = dynamic_cast<Error const*>(&error)) {
    return known->code() == ReturnCode::cancelled ? interrupted_status : static_cast<int>(known->code());
  }
  bool const is_memory = dynamic_cast<std::bad_alloc const*>(&error) != nullptr;
  return static_cast<int>(is_memory ? ReturnCode::out_of_memory : ReturnCode::reconstruction_error);
}

void print_error(char const* text) { say(stderr, fmt::format("laue-bench: error: {}\n", text)); }

/// A file opened later would get the number of a closed standard stream, and messages would be written into it.
void open_standard_streams() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0) {
      // the lowest that is free: this very one
      static_cast<void>(::open("/dev/null", O_RDWR));
    }
  }
}

/// What the modules and the results file rely on, before anything else happens.
void prepare_process() {
  open_standard_streams();
  // the program binds its ranks itself; OpenMP would undo it
  ::setenv("OMP_PROC_BIND", "false", 1);
  // a file size limit shall be an error of write(2), not the end
  std::signal(SIGXFSZ, SIG_IGN);
  // nor shall a reader of our messages that goes away
  std::signal(SIGPIPE, SIG_IGN);
}

/// Every rank reads the command line; what one rank cannot read (a configuration file that its node does not have) ends
/// all of them.
ParsedCommandLine parse_on_all_ranks(Communicator& ranks, std::span<char const* const> arguments) {
  return on_all_ranks(ranks, [arguments] {
    return parse_command_line(arguments.subspan(1), std::getenv("LAUEBENCH_LOG_LEVEL"), build_info().version);
  });
}

/// For subcommands that one process performs alone.
void refuse_several_ranks(Communicator const& ranks, char const* subcommand) {
  if (ranks.size() > 1) {
    throw AgreedError(ReturnCode::bad_input, fmt::format("{} was started on {} ranks", subcommand, ranks.size()),
                      "one process performs it alone", "start it without mpirun, or use laue-bench run for many ranks");
  }
}

/// Performs what was parsed and returns the exit status.
class Performer {
 public:
  Performer(Communicator& ranks, std::vector<std::string> command_line)
      : ranks_(ranks), command_line_(std::move(command_line)) {}

  int operator()(TextToPrint const& text) const {
    return on_first_rank([&text] { answer(text.text); });
  }
  int operator()(Command const& command) const { return std::visit(*this, command); }
  int operator()(RunConfig const& config) const { return run_benchmark(config, ranks_, command_line_); }
  int operator()(InfoConfig const& config) const {
    return on_first_rank([&config] { run_info_command(config); });
  }
  int operator()(ReconstructConfig const& config) const {
    refuse_several_ranks(ranks_, "laue-bench reconstruct");
    return run_reconstruct_command(config);
  }
  int operator()(GenerateConfig const& config) const {
    refuse_several_ranks(ranks_, "laue-bench generate");
    return run_generate_command(config);
  }
  int operator()(CleanConfig const& config) const {
    refuse_several_ranks(ranks_, "laue-bench clean");
    return run_clean_command(config);
  }
  int operator()(ConvertConfig const& config) const {
    refuse_several_ranks(ranks_, "laue-bench convert");
    return run_convert_command(config);
  }

 private:
  template <class Action>
  int on_first_rank(Action action) const {
    if (ranks_.is_root()) {
      action();
    }
    return 0;
  }

  Communicator& ranks_;
  std::vector<std::string> command_line_;
};

/// An error that the other ranks do not know of: they may wait for this rank for ever.
int end_launch(Communicator& ranks, char const* text, int status) {
  print_error(fmt::format("rank {}: {}", ranks.rank(), text).c_str());
  std::fflush(nullptr);
  ranks.abort(status);
  return status;
}

int perform(ClusterSession& session, std::span<char const* const> arguments) {
  Communicator& ranks = session.world();
  bool const is_alone = ranks.size() == 1;
  try {
    Performer const performer(ranks, {arguments.begin(), arguments.end()});
    return std::visit(performer, parse_on_all_ranks(ranks, arguments));
  } catch (AgreedError const& error) {
    if (ranks.is_root()) {
      print_error(error.what());
    }
    return exit_status(error);
  } catch (std::exception const& error) {
    if (is_alone) {
      print_error(error.what());
      return exit_status(error);
    }
    return end_launch(ranks, error.what(), exit_status(error));
  }
}

}  // namespace
}  // namespace lauebench

int main(int argc, char** argv) {
  try {
    lauebench::prepare_process();
    lauebench::ClusterSession session;
    return lauebench::perform(session, std::span<char const* const>(argv, static_cast<std::size_t>(argc)));
  } catch (std::exception const& error) {
    lauebench::print_error(error.what());
    return lauebench::exit_status(error);
  }
}
