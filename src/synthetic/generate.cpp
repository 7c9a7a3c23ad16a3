#include "synthetic/generate.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cluster/helper_threads.hpp"
#include "config/chunk_shape.hpp"
#include "config/error.hpp"
#include "io/geometry_reader.hpp"
#include "io/scan_geometry.hpp"
#include "io/scan_writer.hpp"
#include "synthetic/block_synthesis.hpp"
#include "synthetic/grain_model.hpp"
#include "synthetic/spot_model.hpp"
#include "synthetic/wire_path.hpp"

namespace lauebench {

namespace {

/// Memory for blocks in work; fewer threads are used where they would take more.
constexpr std::int64_t block_memory_bytes = std::int64_t{512} << 20U;

/// A block beside its padded, shuffled and compressed forms.
constexpr std::int64_t copies_of_a_block = 4;

static_assert(copies_of_a_block * largest_chunk_bytes <= block_memory_bytes);

void require(bool condition, std::string_view problem, std::string_view why, std::string_view what_to_do) {
  if (!condition) {
    throw bad_input(problem, why, what_to_do);
  }
}

void check_numbers(GenerateConfig const& config) {
  constexpr std::string_view at_least_one = "it must be at least 1";
  require(config.rows >= 1, fmt::format("{} rows cannot be generated", config.rows), at_least_one,
          "give a positive number of rows");
  require(config.columns >= 1, fmt::format("{} columns cannot be generated", config.columns), at_least_one,
          "give a positive number of columns");
  require(config.images >= 1, fmt::format("{} images cannot be generated", config.images), at_least_one,
          "give a positive number of images");
  require(config.bin_x >= 1 && config.bin_y >= 1,
          fmt::format("binning {} x {} is not possible", config.bin_x, config.bin_y), at_least_one,
          "give positive binning");
  auto const& [start_um, end_um] = config.depth_range;
  require(std::isfinite(start_um) && std::isfinite(end_um) && start_um < end_um,
          fmt::format("depth range {:g}:{:g} um is not possible", start_um, end_um),
          "its end must lie behind its start", "give START:END with START < END");
  require(!config.wire_step_um || (std::isfinite(*config.wire_step_um) && *config.wire_step_um > 0.0),
          fmt::format("wire step {:g} um is not possible", config.wire_step_um.value_or(0.0)), "it must be positive",
          "give a positive step or none");
  constexpr int most_grains = 1'000'000;
  require(config.grains >= 0 && config.grains <= most_grains,
          fmt::format("{} grains cannot be generated", config.grains), fmt::format("0 to {} are possible", most_grains),
          "give another number of grains");
  // Background counts come from a table as long as 24 standard deviations.
  constexpr double most_counts = 1e9;
  auto const counts_are_possible = [](double counts) { return counts >= 0.0 && counts <= most_counts; };
  require(counts_are_possible(config.amplitude_counts),
          fmt::format("amplitude of {:g} counts is not possible", config.amplitude_counts),
          fmt::format("0 to {:g} are possible", most_counts), "give another amplitude");
  require(counts_are_possible(config.background_counts),
          fmt::format("background of {:g} counts is not possible", config.background_counts),
          fmt::format("0 to {:g} are possible", most_counts), "give another background");
  require(config.gzip_level >= 0 && config.gzip_level <= 9,
          fmt::format("gzip level {} is not possible", config.gzip_level), "levels are 0 to 9", "give another level");
  require(config.threads >= 0, fmt::format("{} threads are not possible", config.threads), "0 means all cores",
          "give 0 or a positive number");
}

DetectorRegion detector_region(GenerateConfig const& config, DetectorGeometry const& detector) {
  auto const width = std::int64_t{config.columns} * config.bin_x;
  auto const height = std::int64_t{config.rows} * config.bin_y;
  auto const problem = fmt::format("region of {} x {} unbinned pixels does not fit the detector", width, height);
  auto const why = fmt::format("detector {} has {} x {} pixels", config.detector, detector.pixels_x, detector.pixels_y);
  require(width <= detector.pixels_x && height <= detector.pixels_y, problem, why,
          "give fewer rows and columns or smaller binning");
  std::int64_t const start_x = config.region_start ? config.region_start->x : (detector.pixels_x - width) / 2;
  std::int64_t const start_y = config.region_start ? config.region_start->y : (detector.pixels_y - height) / 2;
  require(start_x >= 0 && start_y >= 0 && start_x + width <= detector.pixels_x && start_y + height <= detector.pixels_y,
          fmt::format("{} from pixel {}, {} on", problem, start_x, start_y), why,
          "give another start or none for the middle");
  return {static_cast<int>(start_x),
          static_cast<int>(start_y),
          config.bin_x,
          config.bin_y,
          static_cast<int>(start_x + width - 1),
          static_cast<int>(start_y + height - 1),
          detector.pixels_x,
          detector.pixels_y};
}

/// A scan before its frames are made.
struct PlannedScan {
  BeamlineGeometry beamline;
  DetectorRegion region;
  WirePath wire;
  std::optional<ChunkShape> chunk;
  ScanTruth truth;
};

PlannedScan plan_scan(GenerateConfig const& config) {
  check_numbers(config);
  PlannedScan scan;
  scan.chunk = chunk_shape(config);
  scan.beamline = read_geometry(config.geometry, config.detector);
  scan.region = detector_region(config, scan.beamline.detector);
  scan.wire = plan_wire_path({scan.beamline, scan.region, config.rows, config.columns, config.depth_range,
                              config.images, config.wire_step_um});
  scan.truth.grains = draw_grains(
      {config.grains, config.rows, config.columns, config.depth_range, config.amplitude_counts, config.seed});
  scan.truth.background_counts = config.background_counts;
  scan.truth.depth_start_um = config.depth_range.start_um;
  scan.truth.depth_end_um = config.depth_range.end_um;
  scan.truth.wire_step_um = scan.wire.step_um;
  scan.truth.noise = config.noise;
  scan.truth.seed = config.seed;
  scan.truth.generator_version = generator_version;
  scan.truth.geometry_text = read_geometry_file(config.geometry);
  return scan;
}

ScanFileDescription describe_file(GenerateConfig const& config, PlannedScan const& scan) {
  ScanFileDescription description;
  description.output = config.output;
  description.stored_frames = config.images + 1;
  description.rows = config.rows;
  description.columns = config.columns;
  description.element_type = config.element_type;
  description.region = scan.region;
  description.chunk = scan.chunk;
  description.gzip_level = config.gzip_level;
  description.shuffle = config.shuffle;
  description.wire_raw_um = scan.wire.raw_um;
  description.title = "simulated wire scan";
  description.detector_id = fmt::format("simulated detector {}", config.detector);
  return description;
}

/// Makes and writes blocks on several threads; the first error stops all of them.
class BlockRun {
 public:
  BlockRun(BlockSynthesis const& synthesis, ScanWriter& writer, ElementType type, GenerateProgress const& start,
           GenerateProgressCallback const& progress)
      : synthesis_(synthesis),
        writer_(writer),
        value_bytes_(static_cast<std::int64_t>(size_bytes(type))),
        state_(start),
        progress_(progress) {}

  /// Returns the number of saturated values. Throws what a block or the callback threw.
  std::int64_t run(int threads) {
    work_with_helpers(static_cast<std::size_t>(threads), [this](std::size_t /*thread*/) { work(); });
    if (error_) {
      std::rethrow_exception(error_);
    }
    return saturated_;
  }

 private:
  void work() {
    try {
      BlockSynthesis::Workspace workspace;
      std::vector<std::byte> values;
      for (auto index = next_++; index < writer_.block_count() && !stop_; index = next_++) {
        ScanBlock const block = writer_.block(index);
        values.resize(static_cast<std::size_t>(block.values() * value_bytes_));
        auto const saturated = synthesis_.make(block, workspace, values);
        writer_.write_block(index, values);
        report(static_cast<std::int64_t>(values.size()), saturated);
      }
    } catch (...) {
      std::lock_guard const lock(mutex_);
      stop_ = true;
      if (!error_) {
        error_ = std::current_exception();
      }
    }
  }

  void report(std::int64_t bytes, std::int64_t saturated) {
    std::lock_guard const lock(mutex_);
    saturated_ += saturated;
    state_.done_bytes += bytes;
    if (progress_) {
      progress_(state_);
    }
  }

  BlockSynthesis const& synthesis_;
  ScanWriter& writer_;
  std::int64_t value_bytes_;
  std::atomic<std::int64_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;  // guards what follows
  std::exception_ptr error_;
  std::int64_t saturated_ = 0;
  GenerateProgress state_;
  GenerateProgressCallback const& progress_;
};

int threads_to_use(GenerateConfig const& config, ScanWriter const& writer) {
  std::int64_t const wanted =
      config.threads > 0 ? config.threads : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  auto const block_bytes = writer.block(0).values() * static_cast<std::int64_t>(size_bytes(config.element_type));
  std::int64_t const affordable = std::max<std::int64_t>(1, block_memory_bytes / (copies_of_a_block * block_bytes));
  return static_cast<int>(std::min({wanted, affordable, writer.block_count()}));
}

}  // namespace

GeneratedScan generate_scan(GenerateConfig const& config, GenerateProgressCallback const& progress) {
  PlannedScan scan = plan_scan(config);
  // Stored frame s belongs to element s + 1; the last element belongs to none.
  std::span<Vec3 const> const frame_positions(scan.wire.raw_um.data() + 1, static_cast<std::size_t>(config.images) + 1);
  ScanGeometry const geometry = make_scan_geometry(scan.beamline, scan.region, frame_positions);
  SpotModel const spots(geometry, config.rows, config.columns, scan.truth.grains, config.background_counts);
  auto const synthesis = make_block_synthesis(config.element_type, spots, geometry.wire, config.columns,
                                              {config.noise, config.background_counts, config.seed});
  ScanWriter writer(describe_file(config, scan));
  GenerateProgress const start{0, std::int64_t{config.images + 1} * config.rows * config.columns *
                                      static_cast<std::int64_t>(size_bytes(config.element_type))};
  BlockRun run(*synthesis, writer, config.element_type, start, progress);
  scan.truth.saturated_values = run.run(threads_to_use(config, writer));
  GeneratedScan result;
  result.file_bytes = writer.publish(scan.truth);
  result.wire_step_um = scan.wire.step_um;
  result.saturated_values = scan.truth.saturated_values;
  result.previous = writer.previous();
  return result;
}

}  // namespace lauebench
