#include "reconstruct/reconstruct.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "cluster/monotonic_clock.hpp"
#include "config/depth_grid.hpp"
#include "config/words.hpp"
#include "io/depth_output.hpp"
#include "kokkos_kernels/cutoff.hpp"
#include "reconstruct/phase_timer.hpp"
#include "reconstruct/process_memory.hpp"
#include "reconstruct/reconstruction_memory.hpp"
#include "reconstruct/reconstruction_setup.hpp"
#include "reconstruct/record_failure.hpp"
#include "reconstruct/stripe_pipeline.hpp"
#include "reconstruct/stripe_plan.hpp"

namespace lauebench {
namespace {

/// Stripes that a reconstruction is cut into where memory would hold it whole: reading the first and writing the last
/// overlap with nothing, and each costs the opening of all depth files.
constexpr int overlapping_stripes = 4;

/// Chunks that are decompressed whole are read in stripes that hold whole ones, or once for several stripes.
StripeWish stripe_wish(ScanReader const& scan, std::optional<int> asked) {
  Bands const bands = scan.path() == ReadPath::chunks ? Bands::allowed : Bands::none;
  return {asked, overlapping_stripes, scan.row_unit(), bands};
}

/// What an open scan is made ready with, alike in a check and in a run.
struct Preparation {
  DepthOutputTemplate file_template;
  StripePlan plan;
};

/// Ranks that use one file together have stripes of the same height: the smallest that one of them needs.
int agreed_stripe_rows(ReconstructionTask const& task, DepthImageShape const& shape, int rows_per_stripe) {
  if (task.shared_output != nullptr) {
    return task.shared_output->agree_on_stripe_rows(shape, rows_per_stripe);
  }
  return task.shared_input != nullptr ? task.shared_input->agree_on_stripe_rows(rows_per_stripe) : rows_per_stripe;
}

/// Checks the memory limit before anything large is built. `memory` was made for `scan` and `job`.
Preparation prepare(ReconstructionTask const& task, ScanReader const& scan, kernels::ReconstructionJob const& job,
                    ReconstructionMemory const& memory) {
  memory.require_device_row_fits();
  int const rows = scan.info().rows;
  DepthOutput output;
  output.scan = task.scan;
  output.element_type = job.output_type;
  output.rows = rows;
  output.columns = scan.info().columns;
  output.depths = job.depths;
  output.layout = task.parameters.output_layout;
  output.gzip_level = task.parameters.output_gzip_level;
  output.shared = task.shared_output;
  memory.require_template_fits(depth_output_template_bytes(output), task.memory_limit_bytes);
  DepthOutputTemplate file_template = make_depth_output_template(output);
  WriterMemory const writer{writer_bytes(file_template), prepared_row_bytes(file_template, task.execution.threads)};
  StripeCost const cost = memory.stripe_cost(held_bytes(file_template), writer);
  StripePlan plan =
      plan_stripes(rows, cost, task.memory_limit_bytes, stripe_wish(scan, task.parameters.rows_per_stripe));
  DepthImageShape const shape{output.depths.count, rows, output.columns, output.element_type};
  int const agreed = agreed_stripe_rows(task, shape, plan.rows_per_stripe);
  if (agreed != plan.rows_per_stripe) {
    plan = plan_stripes(rows, cost, task.memory_limit_bytes, stripe_wish(scan, agreed));
  }
  return {std::move(file_template), plan};
}

/// One reconstruction from open scan to published depth files.
class Pipeline {
 public:
  Pipeline(ReconstructionTask const& task, kernels::Backend& backend, RankOutcome& outcome)
      : task_(task),
        backend_(backend),
        outcome_(outcome),
        account_(outcome.phases, outcome.intervals ? &*outcome.intervals : nullptr) {
    if (outcome.intervals) {
      outcome.intervals->reserve(0);  // what follows the stripes needs no memory then
    }
  }

  /// What was read and written is told also when a stage failed. Giving memory back takes time, which is the run's.
  ~Pipeline() {
    PhaseTimer const timer(account_, Phase::close);
    if (scan_) {
      outcome_.read_path = to_string(scan_->path());
      split_reading_time(scan_->decompress_share());
    }
    if (writer_) {
      outcome_.io.bytes_written = writer_->bytes_written();
    }
    kernel_.reset();
    stripes_.reset();
    writer_.reset();
    scan_.reset();
  }
  Pipeline(Pipeline const&) = delete;
  Pipeline& operator=(Pipeline const&) = delete;

  void run() {
    open();
    resolve_stripes();
    outcome_.images_are_empty = std::ranges::all_of(depth_totals_, [](double total) { return total == 0.0; });
    finish();
  }

 private:
  void open() {
    PhaseTimer const timer(account_, Phase::open);
    scan_.emplace(task_.scan, read_options(task_));
    ScanInfo const& info = scan_->info();
    job_ = make_job(task_, info);
    refuse_to_overwrite_scan(task_, job_.depths);
    Preparation prepared =
        prepare(task_, *scan_, job_, ReconstructionMemory(*scan_, job_, &backend_, task_.execution, Moment::in_run));
    plan_ = prepared.plan;
    if (outcome_.intervals) {
      outcome_.intervals->reserve(plan_.stripes);
    }
    output_files_ = output_size(prepared.file_template, job_.depths, plan_.rows_per_stripe).files;
    writer_ = make_depth_image_writer(task_.output_base, job_.depths, std::move(prepared.file_template),
                                      {task_.parameters.io_path, plan_.rows_per_stripe, task_.shared_output});
    depth_totals_.assign(static_cast<std::size_t>(job_.depths.count), 0.0);
    describe();
    stripes_.emplace(info.rows, plan_, StripeRowBytes{frame_row_bytes(info), depth_row_bytes(job_)}, backend_);
    outcome_.memory.page_locked_bytes = stripes_->page_locked_bytes();
    outcome_.memory.stripe_bytes =
        (frame_row_bytes(info) + depth_row_bytes(job_)) * static_cast<std::uint64_t>(plan_.rows_per_stripe);
  }

  void describe() {
    ScanInfo const& info = scan_->info();
    kernels::BackendInfo const module = backend_.info();
    outcome_.backend = module.name;
    outcome_.architecture = module.architecture;
    outcome_.output_type = to_word(job_.output_type);
    outcome_.read_path = to_string(scan_->path());
    outcome_.write_path =
        write_path(task_.parameters.io_path, task_.parameters.output_layout, task_.parameters.output_gzip_level);
    outcome_.images = info.images();
    outcome_.rows = info.rows;
    outcome_.columns = info.columns;
    outcome_.depths = job_.depths.count;
    outcome_.stripes = plan_.stripes;
    outcome_.rows_per_stripe = plan_.rows_per_stripe;
  }

  void resolve_stripes() {
    StripeStages const stages{[this](FrameBand const& band) { read(band); },
                              [this](StripeWork const& stripe) { compute(stripe); },
                              [this](StripeWork const& stripe) {
                                writer_->write_rows(stripe.first_row, stripe.rows, stripe.images, task_.cancellation);
                              }};
    stripes_->run(stages, account_);
  }

  // the reading thread's: the cutoff needs all of image 0 before the first stripe is computed
  void read(FrameBand const& band) {
    task_.cancellation.throw_if_due();
    ScanInfo const& info = scan_->info();
    if (band.first_row == 0 && band.rows < info.rows) {
      first_image_.resize(static_cast<std::size_t>(info.image_bytes()));
      scan_->read_first_image(first_image_);
      outcome_.io.bytes_read += first_image_.size();
    }
    scan_->read_rows(band.first_row, band.rows, band.frames);
    outcome_.io.bytes_read += band.frames.size();
    if (task_.shared_input != nullptr && band.first_row + band.rows == info.rows) {
      task_.shared_input->end_reading();
    }
  }

  /// The reading stage's time was measured as a whole.
  void split_reading_time(std::optional<double> decompress_share) {
    PhaseTimes& phases = outcome_.phases;
    phases.decompress_s.reset();
    if (decompress_share) {
      phases.decompress_s = phases.read_s * *decompress_share;
      phases.read_s -= *phases.decompress_s;
      if (outcome_.intervals) {
        outcome_.intervals->split_decompressing(*decompress_share);
      }
    }
  }

  /// `first_image` begins with image 0.
  void start_kernel(std::span<std::byte const> first_image) {
    ScanInfo const& info = scan_->info();
    auto const pixels = static_cast<std::size_t>(info.rows) * static_cast<std::size_t>(info.columns);
    job_.cutoff =
        kernels::brightness_cutoff(first_image.data(), job_.input_type, pixels, task_.parameters.percent_brightest);
    outcome_.cutoff = job_.cutoff;
    kernel_ = backend_.make_reconstructor(job_, task_.execution);
    first_image_ = {};
  }

  [[nodiscard]] kernels::Stripe kernel_stripe(StripeWork const& stripe) const {
    auto const above = static_cast<std::size_t>(stripe.first_row - stripe.band.first_row);
    auto const frames = stripe.band.frames.subspan(above * static_cast<std::size_t>(scan_->info().row_bytes()));
    return {stripe.first_row, stripe.rows, frames.data(), stripe.images.data(), stripe.band.rows, &is_cancelled_};
  }

  void compute(StripeWork const& stripe) {
    PhaseTimer const timer(account_, Phase::compute);
    task_.cancellation.throw_if_due();
    if (!kernel_) {
      start_kernel(first_image_.empty() ? stripe.band.frames : first_image_);
    }
    double const begin_s = monotonic_s();
    kernels::StripeReport const report = kernel_->resolve(kernel_stripe(stripe));
    task_.cancellation.throw_if_due();  // the kernel may have left out the rest
    if (outcome_.intervals) {
      outcome_.intervals->add_kernel({begin_s, monotonic_s()}, report.copy_to_device_s, report.compute_s,
                                     report.copy_to_host_s);
    }
    std::ranges::transform(depth_totals_, report.depth_totals, depth_totals_.begin(), std::plus{});
    outcome_.phases.kernel_s += report.compute_s;
    outcome_.phases.copy_to_device_s += report.copy_to_device_s;
    outcome_.phases.copy_to_host_s += report.copy_to_host_s;
    outcome_.threads_counted = report.threads_counted;
    outcome_.memory.workspace_bytes = std::max(outcome_.memory.workspace_bytes, report.workspace_bytes);
    outcome_.memory.device_bytes = std::max(outcome_.memory.device_bytes, report.device_bytes);
    prepare_writing(stripe);
  }

  /// On the cores that the kernel has left.
  void prepare_writing(StripeWork const& stripe) {
    if (outcome_.write_path != "chunks") {
      return;  // there is nothing to prepare
    }
    double const begin_s = monotonic_s();
    writer_->prepare_rows(stripe.first_row, stripe.rows, stripe.images, task_.execution.threads, task_.cancellation);
    outcome_.phases.compress_s += monotonic_s() - begin_s;
  }

  void finish() {
    std::optional<DepthSummary> summary;
    {
      PhaseTimer const timer(account_, Phase::close);
      summary.emplace(task_.output_base, summary_parameters(task_, job_), job_.depths, depth_totals_);
    }
    sync([&] {
      writer_->sync(task_.sync, task_.cancellation);
      summary->sync(task_.sync);
    });
    publish(*summary);
    sync([&] {
      sync_names(task_.output_base);
      if (task_.shared_output != nullptr) {
        sync_names(task_.shared_output->base());
      }
    });
  }

  void publish(DepthSummary& summary) {
    PhaseTimer const timer(account_, Phase::close);
    writer_->publish();
    summary.publish();
    bool const is_anothers = task_.shared_output != nullptr && task_.shared_output->rank() > 0;
    outcome_.io.files_written = is_anothers ? 0 : output_files_;
    scan_->close();
    stripes_.reset();
  }

  void sync(std::function<void()> const& action) {
    if (task_.sync == Sync::fsync) {
      PhaseTimer const timer(account_, Phase::fsync);
      action();
    }
  }

  ReconstructionTask const& task_;
  kernels::Backend& backend_;
  RankOutcome& outcome_;
  PhaseAccount account_;
  std::optional<ScanReader> scan_;
  std::unique_ptr<DepthImageWriter> writer_;
  std::uint64_t output_files_ = 0;
  kernels::ReconstructionJob job_;
  StripePlan plan_;
  std::optional<StripePipeline> stripes_;
  std::vector<std::byte> first_image_;
  std::unique_ptr<kernels::DepthReconstructor> kernel_;
  std::function<bool()> const is_cancelled_ = [this] { return task_.cancellation.is_due(); };
  std::vector<double> depth_totals_;
};

/// Tells what MPI-IO went by; after a failure, the other ranks do not wait for this one.
void end_sharing(ReconstructionTask const& task, RankOutcome& outcome) {
  auto const end = [&outcome](auto* file) {
    if (file == nullptr) {
      return;
    }
    outcome.mpi_hints = file->hints();
    if (outcome.code != ReturnCode::ok) {
      file->give_up(Error(outcome.code, outcome.error));
    }
  };
  end(task.shared_input);
  end(task.shared_output);
}

double sum_of_phases(PhaseTimes const& phases) {
  return phases.open_s + phases.wait_read_s + phases.compute_s + phases.wait_write_s + phases.fsync_s + phases.close_s;
}

}  // namespace

PeakMemory prepare_measurement() {
  release_freed_memory();
  return reset_peak_resident() ? PeakMemory::of_run : PeakMemory::of_process;
}

ReconstructionNeeds check_task(ReconstructionTask const& task, kernels::Backend const* backend) {
  ScanReader const scan(task.scan, read_options(task));
  ScanInfo const& info = scan.info();
  kernels::ReconstructionJob const job = make_job(task, info);
  refuse_to_overwrite_scan(task, job.depths);
  Preparation const prepared =
      prepare(task, scan, job, ReconstructionMemory(scan, job, backend, task.execution, Moment::before_runs));

  ReconstructionNeeds needs;
  needs.images = info.images();
  needs.rows = info.rows;
  needs.columns = info.columns;
  needs.depths = job.depths.count;
  needs.element_type = info.element_type;
  needs.frames = info.layout.filtered ? StoredFrames::filtered : StoredFrames::plain;
  needs.input_bytes = std::filesystem::file_size(task.scan);
  DepthOutputSize const output = output_size(prepared.file_template, job.depths, prepared.plan.rows_per_stripe);
  needs.output_bytes = output.bytes();
  needs.output_files = output.files;
  return needs;
}

RankOutcome reconstruct(ReconstructionTask const& task, kernels::Backend& backend) {
  RankOutcome outcome;
  outcome.threads_asked = task.execution.threads;
  outcome.memory.limit_bytes = task.memory_limit_bytes;
  outcome.memory.device_limit_bytes = task.execution.device_memory_bytes;
  outcome.memory.peak_is_of_run = task.peak_memory == PeakMemory::of_run;
  if (task.trace == PhaseTrace::intervals) {
    outcome.intervals.emplace();
  }
  outcome.start_s = monotonic_s();
  record_failure(outcome, [&] { Pipeline(task, backend, outcome).run(); });
  end_sharing(task, outcome);
  outcome.end_s = monotonic_s();
  outcome.elapsed_s = outcome.end_s - outcome.start_s;
  outcome.memory.peak_rss_bytes = peak_resident_bytes();
  outcome.phases.other_s = outcome.elapsed_s - sum_of_phases(outcome.phases);
  return outcome;
}

}  // namespace lauebench
