#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <variant>

#include <fmt/format.h>

#include "config/error.hpp"
#include "config/say.hpp"
#include "kokkos_kernels/bench/list_benchmarks.hpp"
#include "kokkos_kernels/bench/program_options.hpp"
#include "kokkos_kernels/bench/run_benchmarks.hpp"

namespace lauebench::kernel_bench {
namespace {

int perform(std::span<char const* const> arguments) {
  auto const parsed = parse_program_options(arguments.subspan(1));
  if (auto const* const help = std::get_if<std::string>(&parsed)) {
    say(stdout, *help);
    return 0;
  }
  auto const& config = std::get<ProgramConfig>(parsed);
  auto const benchmarks = chosen_benchmarks(config);
  auto const filter = filter_of(config);
  if (config.task == Task::run) {
    return run_benchmarks(config, benchmarks, filter);
  }
  say(stdout, config.format == Format::json ? list_to_json(benchmarks, filter).dump(2) + "\n"
                                            : list_to_text(benchmarks, filter));
  return 0;
}

int report(char const* text, ReturnCode code) {
  say(stderr, fmt::format("laue-bench-kernels: error: {}\n", text));
  return static_cast<int>(code);
}

}  // namespace
}  // namespace lauebench::kernel_bench

int main(int argc, char** argv) {
  // as in laue-bench: threads are the caller's to place, a file size limit shall be an error of write(2), and a reader
  // of our messages that goes away shall end nothing
  ::setenv("OMP_PROC_BIND", "false", 1);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return lauebench::kernel_bench::perform(std::span<char const* const>(argv, static_cast<std::size_t>(argc)));
  } catch (lauebench::Error const& error) {
    return lauebench::kernel_bench::report(error.what(), error.code());
  } catch (std::exception const& error) {
    return lauebench::kernel_bench::report(error.what(), lauebench::ReturnCode::reconstruction_error);
  }
}
