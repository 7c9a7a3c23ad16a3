#include "bench/measure_ceilings.hpp"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "bench/common_passes.hpp"
#include "bench/run_limits.hpp"
#include "config/depth_grid.hpp"
#include "io/file_descriptor.hpp"
#include "probe/cpu_ceilings.hpp"
#include "probe/metadata_times.hpp"
#include "probe/sequential_io.hpp"
#include "reconstruct/resident_kernel.hpp"
#include "staging/eviction.hpp"
#include "staging/own_names.hpp"

namespace lauebench {
namespace {

void drop_from_cache(std::filesystem::path const& replica) {
  auto const file = open_regular_file_for_reading(replica, fmt::format("cannot read '{}'", replica.string()));
  int attempts = 0;
  static_cast<void>(evict(file, replica, attempts));
}

/// With --cache cold from the disk, as runs do as well. Else once outside the clock: what the page cache can hold comes
/// from there, as in repeated runs.
PerformPass prepare_reading(std::filesystem::path const& replica, CachePolicy cache) {
  if (cache != CachePolicy::cold) {
    static_cast<void>(read_sequentially(replica, ceilings_cancellation()));
  }
  auto const get_ready = [&replica, cache] {
    if (cache == CachePolicy::cold) {
      drop_from_cache(replica);
    }
  };
  auto const read = [&replica]() -> std::vector<CeilingSample> {
    TimedBytes const done = read_sequentially(replica, ceilings_cancellation());
    auto const bytes = static_cast<double>(done.bytes);
    return {{CeilingKind::read, bytes, done.seconds, bytes}};
  };
  return {read, get_ready};  // ranks may read the same file: all drop it before the first reads
}

PerformPass prepare_writing(std::filesystem::path const& folder, FileSizes const& sizes, Sync sync) {
  return {[file = folder / ceiling_file_name, sizes, sync]() -> std::vector<CeilingSample> {
    TimedBytes const done = write_sequentially(file, sizes, sync, ceilings_cancellation());
    auto const written = static_cast<double>(done.bytes);
    return {{CeilingKind::write, written, done.seconds, written}};
  }};
}

PerformPass prepare_metadata(std::filesystem::path const& folder, std::uint64_t files) {
  return {[folder, files]() -> std::vector<CeilingSample> {
    MetadataTimes const took = time_metadata(folder, files, ceilings_cancellation());
    auto const amount = static_cast<double>(files);
    return {{CeilingKind::create_files, amount, took.create_s, 0.0},
            {CeilingKind::stat_files, amount, took.stat_s, 0.0},
            {CeilingKind::open_files, amount, took.open_s, 0.0}};
  }};
}

/// Small arrays are swept several times, so that starting together takes no part of the time that counts.
PerformPass prepare_triad(int threads, std::size_t elements) {
  auto const triad = std::make_shared<Triad>(threads, elements);
  auto const sweeps = static_cast<int>(std::max<std::size_t>(1, Triad::beyond_caches / elements));
  return {[triad, sweeps]() -> std::vector<CeilingSample> {
    CeilingSample sample{CeilingKind::memory, triad->bytes() * sweeps, 0.0, 0.0};
    for (int sweep = 0; sweep < sweeps; ++sweep) {
      sample.seconds += triad->pass();
    }
    return {sample};
  }};
}

PerformPass prepare_kernel(ReconstructionTask task, GridPoint const& point, Launch const& launch, int rank) {
  kernels::Backend& backend = *start_backend(task, point, launch, rank).backend;
  auto const kernel = std::make_shared<ResidentKernel>(task, backend);
  return {[kernel] {
    kernels::StripeReport const report = kernel->resolve();
    double const share = kernel->pixel_steps() / kernel->scan_pixel_steps();
    std::vector<CeilingSample> samples;
    auto const add = [&samples, share](CeilingKind kind, double amount, double seconds) {
      if (seconds > 0.0) {
        samples.push_back({kind, amount, seconds, amount / share});
      }
    };
    add(CeilingKind::kernel, kernel->pixel_steps(), report.compute_s);
    add(CeilingKind::copy_to_device, kernel->frame_bytes(), report.copy_to_device_s);
    add(CeilingKind::copy_to_host, kernel->image_bytes(), report.copy_to_host_s);
    return samples;
  }};
}

/// The measurements of one point, one after the other.
class PointMeasurement {
 public:
  PointMeasurement(RankRun const& run, Launch const& launch, StartLine& line)
      : run_(run), launch_(launch), line_(line), rank_(line.ranks().rank()) {
    if (run.index) {
      task_ = make_task(run, launch, rank_);
      task_.cancellation = ceilings_cancellation();
    }
  }

  MeasuredCeilings measure(CeilingMoment moment) {
    measured_.ceilings.moment = moment;
    measure_storage();
    if (moment == CeilingMoment::start) {
      measure_machine();
    } else {
      for (CeilingKind const kind :
           {CeilingKind::memory, CeilingKind::kernel, CeilingKind::copy_to_device, CeilingKind::copy_to_host}) {
        measured_.ceilings.of[kind] = Unknown{"it is measured at the start"};
      }
      say_why_not(run_.point.device);
    }
    return std::move(measured_);
  }

 private:
  void measure_storage() {
    if (launch_.needs.frames == StoredFrames::filtered) {  // rank 0 alone knows it, and alone keeps the record
      measured_.ceilings.unknown_part = "the scan is stored with filters, whose decompression has no ceiling yet";
    }
    if (run_.point.output_gzip_level > 0) {
      measured_.ceilings.unknown_part = "depth images are compressed, which has no ceiling yet";
      measured_.ceilings.of[CeilingKind::write] = Unknown{"how much compressed depth images take is not known before"};
    }
    measure({CeilingKind::read}, [this] { return prepare_reading(run_.scan, launch_.config.cache); });
    if (run_.point.output_gzip_level == 0) {
      measure({CeilingKind::write}, [this] {
        ReconstructionNeeds const needs = check_task(task_, nullptr);
        return prepare_writing(output_folder(), {needs.output_bytes, needs.output_files}, task_.sync);
      });
    }
    measure({CeilingKind::create_files, CeilingKind::stat_files, CeilingKind::open_files}, [this] {
      DepthGrid const depths = make_depth_grid(task_.parameters.depth_range, task_.parameters.resolution_um);
      return prepare_metadata(output_folder(), static_cast<std::uint64_t>(depths.count));
    });
  }

  void measure_machine() {
    bool const on_cpu = run_.point.device == Device::cpu;
    say_why_not(run_.point.device);
    if (on_cpu) {
      measure({CeilingKind::memory}, [this] { return prepare_triad(task_.execution.threads, elements()); });
    }
    auto const kernel = [this] { return prepare_kernel(task_, run_.point, launch_, rank_); };
    if (on_cpu) {
      measure({CeilingKind::kernel}, kernel);
    } else {
      measure({CeilingKind::kernel, CeilingKind::copy_to_device, CeilingKind::copy_to_host}, kernel);
    }
  }

  void say_why_not(Device device) {
    auto const say = [this](CeilingKind kind, char const* why) { measured_.ceilings.of[kind] = Unknown{why}; };
    if (device == Device::cpu) {
      say(CeilingKind::copy_to_device, "kernels on CPUs work in host memory");
      say(CeilingKind::copy_to_host, "kernels on CPUs work in host memory");
    } else {
      say(CeilingKind::memory, "the triad is the CPU's, and the kernel works in the GPU's memory");
    }
  }

  /// Nothing once a signal has come.
  void measure(std::initializer_list<CeilingKind> kinds, PreparePass const& prepare) {
    if (!measured_.signal.empty()) {
      return;
    }
    CeilingSeries series;
    measured_.signal = measure_together(line_, run_.index ? Part::active : Part::idle, prepare, series);
    if (!series.error().empty() && measured_.signal.empty()) {
      spdlog::warn("a ceiling of {} could not be measured: {}", name_of(launch_.config, run_.point), series.error());
    }
    for (CeilingKind const kind : kinds) {
      auto const found = series.ceilings().find(kind);
      if (found != series.ceilings().end()) {
        measured_.ceilings.of[kind] = found->second;
      } else if (!series.error().empty()) {
        measured_.ceilings.of[kind] = Unknown{series.error()};
      }
    }
  }

  [[nodiscard]] std::filesystem::path output_folder() const { return run_.output_base.parent_path(); }

  [[nodiscard]] std::size_t elements() const {
    Nodes const& nodes = launch_.site.nodes;
    int const node = nodes.ranks[static_cast<std::size_t>(rank_)].node;
    return triad_elements(run_.point.ranks_on_nodes[static_cast<std::size_t>(node)], task_.memory_limit_bytes);
  }

  RankRun const& run_;
  Launch const& launch_;
  StartLine& line_;
  int rank_;
  ReconstructionTask task_;  ///< of an active rank
  MeasuredCeilings measured_;
};

}  // namespace

MeasuredCeilings measure_ceilings(RankRun const& run, Launch const& launch, CeilingMoment moment, StartLine& line) {
  return PointMeasurement(run, launch, line).measure(moment);
}

std::size_t triad_elements(int active_ranks, std::uint64_t memory_limit_bytes) {
  constexpr std::size_t least = std::size_t{4} << 20U;  // three arrays of 32 MiB: beyond a core's share of any cache
  constexpr std::size_t element_bytes = 3 * sizeof(double);
  std::size_t const wanted = std::max(least, Triad::beyond_caches / static_cast<std::size_t>(active_ranks));
  return std::clamp<std::size_t>(memory_limit_bytes / 2 / element_bytes, 1, wanted);
}

CeilingTraffic most_ceiling_traffic(Plan const& plan, ReconstructionNeeds const& needs) {
  constexpr std::uint64_t moments = 3;
  constexpr std::uint64_t passes = moments * most_ceiling_passes;
  constexpr std::uint64_t untimed_reads = moments + 1;  // one before the passes of each, one for the kernel
  CeilingTraffic traffic;
  for (GridPoint const& point : plan.points) {
    auto const parallel = static_cast<std::uint64_t>(point.parallel);
    traffic.read_bytes += parallel * needs.input_bytes * (passes + untimed_reads);
    traffic.written_bytes += parallel * needs.output_bytes * passes;
  }
  return traffic;
}

}  // namespace lauebench
