#include "kokkos_kernels/bench/run_benchmarks.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "bench/results_writer.hpp"
#include "config/error.hpp"
#include "config/say.hpp"
#include "kokkos_kernels/bench/kernel_record.hpp"
#include "kokkos_kernels/bench/workplace.hpp"

namespace lauebench::kernel_bench {
namespace {

namespace fs = std::filesystem;

/// Prints nothing: the records are printed instead.
class SilentReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(Context const& /*context*/) override { return true; }
  void ReportRuns(std::vector<Run> const& /*report*/) override {}
};

fs::path existing_folder(fs::path const& output) {
  if (output.empty()) {
    return fs::temp_directory_path();
  }
  std::error_code problem;
  fs::create_directories(output, problem);
  if (problem) {
    throw io_error(fmt::format("cannot make folder {}", output.string()), problem.value(),
                   "choose another one with --output");
  }
  return output;
}

/// All variants of one launch, each measured inside Google Benchmark's loop and recorded at once.
class Launch {
 public:
  explicit Launch(ProgramConfig const& config)
      : config_(config), session_id_(make_session_id()), workplace_(existing_folder(config.output), config.seed) {
    if (!config.output.empty()) {
      writer_.emplace(config.output / "results.jsonl");
    }
  }

  /// Enters a variant that can run with Google Benchmark; records one that cannot. `benchmark` outlives the launch.
  void add(Benchmark const& entry, Variant const& variant) {
    if (std::string const reason = skip_reason(entry, variant); !reason.empty()) {
      Result result;
      result.verdict = Verdict::skipped;
      result.reason = reason;
      record(entry, variant, result);
      return;
    }
    ++planned_;
    benchmark::RegisterBenchmark(
        variant_name(entry, variant).c_str(),
        [this, &entry, variant](benchmark::State& state) { measure_in(state, entry, variant); })
        ->Iterations(entry.settings.iterations)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }

  [[nodiscard]] int run() {
    std::string const file = fmt::format("--benchmark_out={}", (config_.output / "benchmarks.json").string());
    std::array<char*, 3> arguments{const_cast<char*>("laue-bench-kernels"), const_cast<char*>(file.c_str()),
                                   const_cast<char*>("--benchmark_out_format=json")};
    int count = config_.output.empty() ? 1 : static_cast<int>(arguments.size());
    benchmark::Initialize(&count, arguments.data());
    SilentReporter silent;
    benchmark::RunSpecifiedBenchmarks(config_.format == Format::json ? &silent : nullptr);
    benchmark::Shutdown();
    if (finished_ < planned_) {
      throw Error(ReturnCode::reconstruction_error, fmt::format("{} variants did not run", planned_ - finished_),
                  "Google Benchmark refused them, see above", "choose another --output folder");
    }
    return failed_ > 0 ? 1 : 0;
  }

 private:
  void measure_in(benchmark::State& state, Benchmark const& entry, Variant const& variant) {
    Result const result = measure(entry, variant, workplace_, [&state](std::function<double()> const& execute) {
      for ([[maybe_unused]] auto _ : state) {
        state.SetIterationTime(execute());
      }
    });
    for (auto const& [name, value] : figures_of(result)) {
      state.counters[name] = value;
    }
    if (auto const* const accuracy = std::get_if<Accuracy>(&result.accuracy)) {
      state.counters["rmse"] = accuracy->rmse;
      state.counters["max_error"] = accuracy->max_error;
    }
    if (result.verdict == Verdict::failure) {
      ++failed_;
      state.SkipWithError(result.reason.c_str());
      say(stderr, fmt::format("{}: {}\n", variant_name(entry, variant), result.reason));
    }
    ++finished_;
    record(entry, variant, result);
  }

  void record(Benchmark const& entry, Variant const& variant, Result const& result) {
    RecordStamp const stamp{std::chrono::system_clock::now(), session_id_};
    std::string const line = to_line(kernel_record(stamp, entry, variant, config_.seed, result));
    if (writer_) {
      writer_->append(line);
    }
    if (config_.format == Format::json) {
      say(stdout, fmt::format("{}\n", line));
    } else if (result.verdict == Verdict::skipped) {
      say(stdout, fmt::format("{}: skipped ({})\n", variant_name(entry, variant), result.reason));
    }
  }

  ProgramConfig const& config_;
  std::string session_id_;
  Workplace workplace_;
  std::optional<ResultsWriter> writer_;
  int planned_ = 0;
  int finished_ = 0;
  int failed_ = 0;
};

}  // namespace

int run_benchmarks(ProgramConfig const& config, std::span<Benchmark const> benchmarks, std::regex const& filter) {
  Launch launch(config);
  bool is_empty = true;
  for (Benchmark const& entry : benchmarks) {
    for (Variant const& variant : variants_of(entry.settings)) {
      if (std::regex_search(variant_name(entry, variant), filter)) {
        launch.add(entry, variant);
        is_empty = false;
      }
    }
  }
  if (is_empty) {
    throw bad_input("there is nothing to run", "no benchmark is left by --filter, --backends and --precisions",
                    "see laue-bench-kernels --list");
  }
  return launch.run();
}

}  // namespace lauebench::kernel_bench
