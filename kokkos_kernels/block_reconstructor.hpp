#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "kokkos_kernels/block_plan.hpp"
#include "kokkos_kernels/busy_time.hpp"
#include "kokkos_kernels/module_space.hpp"
#include "kokkos_kernels/pixel_memory.hpp"

namespace lauebench::kernels {

/// Pixel loop on a device with memory of its own. A stripe goes there in blocks of rows through a few streams, each
/// with memory for one block: while one stream computes, others copy. Within a stream all is in order, streams share
/// nothing but what they read, and the host waits once, at the end of the stripe.
template <class Stream, class Real>
class BlockReconstructor final : public DepthReconstructor {
  using Space = typename Stream::Space;
  using Bytes = Kokkos::View<std::byte*, typename Space::memory_space>;
  using Sums = Kokkos::View<double*, typename Space::memory_space>;
  using Mark = typename Stream::Mark;

  static constexpr LaunchShape shape = launch_shape(Stream::compute_capability);

 public:
  /// Throws std::bad_alloc where the device's memory does not hold one row.
  BlockReconstructor(ReconstructionJob const& job, Execution const& execution)
      : constants_(make_resolve_constants(job)),
        execution_(execution),
        cost_(cost(constants_)),
        limit_bytes_(limit_of(execution)) {
    require_row();
    lanes_ = std::make_unique<Lanes>();
    add_lane();
    Space const& space = lanes_->all.front().stream.space();
    lanes_->wire = copy_wire(space, job.geometry.wire);
    lanes_->sums = Sums(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "lauebench::plugin::sums"),
                        depths() * static_cast<std::size_t>(shape.streams));
    if constexpr (runs_on_host) {
      threads_counted_ = count_threads(space, execution.threads);
    }
  }

  static DeviceCost cost(ResolveConstants const& constants) {
    auto const depths = static_cast<std::uint64_t>(constants.range.depths);
    auto const row = PixelMemory<Real>(constants, static_cast<std::size_t>(constants.columns));
    return {.fixed = static_cast<std::uint64_t>(constants.images) * sizeof(WirePosition) +
                     depths * static_cast<std::uint64_t>(shape.streams) * sizeof(double),
            .per_stream = PixelMemory<Real>::alignment_bytes,
            .per_row = row.part_bytes(),
            .unit = Stream::allocation_unit};
  }

  static std::uint64_t least_bytes(ResolveConstants const& constants) { return cost(constants).of(1, 1); }

  /// Of the device for a stripe of `rows` rows within the execution's limit.
  static std::uint64_t device_bytes(ResolveConstants const& constants, Execution const& execution, int rows) {
    DeviceCost const cost = BlockReconstructor::cost(constants);
    BlockPlan const plan = plan_blocks(rows, constants.columns, cost, execution.device_memory_bytes, shape);
    return cost.of(plan.rows, plan.streams);
  }

  StripeReport resolve(Stripe const& stripe) override {
    Kokkos::Profiling::ScopedRegion const region("lauebench::compute");
    if (!lanes_) {
      throw std::runtime_error("the GPU failed before");
    }
    try {
      return send_blocks(stripe);
    } catch (std::runtime_error const&) {
      // a device that failed refuses to free anything, and Kokkos would end the process over that
      static_cast<void>(lanes_.release());
      throw;
    }
  }

 private:
  /// A stream with the memory of its blocks.
  struct Lane {
    Stream stream;
    Bytes memory;
  };

  struct Lanes {
    std::vector<Lane> all;
    WireView<Space> wire;
    Sums sums;  ///< [streams][depths]
  };

  /// A block's way through the device.
  struct BlockMarks {
    Mark begin;
    Mark copied_in;
    Mark computed;
    Mark copied_out;
  };

  struct Block {
    int first_row;  ///< of the stripe
    int rows;
    int lane;
    OldSums old_sums;
  };

  [[nodiscard]] std::size_t depths() const { return static_cast<std::size_t>(constants_.range.depths); }

  static std::uint64_t limit_of(Execution const& execution) {
    constexpr double usable_part = 0.8;  // the rest is for others and for what they start with
    return execution.device_memory_bytes > 0
               ? execution.device_memory_bytes
               : static_cast<std::uint64_t>(usable_part * static_cast<double>(Stream::free_bytes()));
  }

  void require_row() const {
    if (cost_.of(1, 1) > limit_bytes_) {
      throw std::bad_alloc();
    }
  }

  void add_lane() { lanes_->all.push_back({Stream(execution_), Bytes()}); }

  /// Memory for the stripe's blocks; a taller stripe takes more.
  void make_room(BlockPlan const& plan) {
    if (plan.streams <= plan_.streams && plan.rows <= plan_.rows) {
      return;
    }
    plan_ = {};  // nothing fits until all is allocated, which may fail
    for (Lane& lane : lanes_->all) {
      lane.memory = Bytes();  // all are freed first: old and new may not fit together
    }
    while (std::cmp_less(lanes_->all.size(), plan.streams)) {
      add_lane();
    }
    std::size_t const pixels = static_cast<std::size_t>(plan.rows) * static_cast<std::size_t>(constants_.columns);
    for (Lane& lane : lanes_->all) {
      lane.memory =
          Bytes(Kokkos::view_alloc(lane.stream.space(), Kokkos::WithoutInitializing, "lauebench::plugin::block"),
                PixelMemory<Real>(constants_, pixels).bytes());
    }
    plan_ = plan;
  }

  StripeReport send_blocks(Stripe const& stripe) {
    make_room(plan_blocks(stripe.rows, constants_.columns, cost_, limit_bytes_, shape));
    Mark const start = lanes_->all.front().stream.mark();
    std::vector<BlockMarks> marks;
    int const blocks = (stripe.rows + plan_.rows - 1) / plan_.rows;
    int const height = (stripe.rows + blocks - 1) / blocks;  // the last block is not a sliver
    auto const streams = static_cast<int>(lanes_->all.size());
    int sent = 0;
    for (int row = 0; row < stripe.rows; row += height, ++sent) {
      OldSums const old_sums = sent < streams ? OldSums::replaced : OldSums::kept;
      marks.push_back(send(stripe, {row, std::min(height, stripe.rows - row), sent % streams, old_sums}));
    }
    for (Lane const& lane : lanes_->all) {
      lane.stream.wait("resolving a stripe");
    }
    return report(start, marks, std::min(sent, streams));
  }

  BlockMarks send(Stripe const& stripe, Block const& block) {
    Lane const& lane = lane_of(block);
    Stream const& stream = lane.stream;
    std::size_t const pixels = static_cast<std::size_t>(block.rows) * static_cast<std::size_t>(constants_.columns);
    PixelMemory<Real> const memory(constants_, pixels);
    PixelStripe<Real> const placed =
        memory.place(lane.memory.data(), {stripe.first_row + block.first_row, block.rows}, lanes_->wire.data());
    BlockMarks marks;
    marks.begin = stream.mark();
    send_frames(stripe, block, memory.frames(lane.memory.data()));
    marks.copied_in = stream.mark();
    resolve_pixels<shape>(stream.space(), constants_, placed);
    sum_depth_images(stream.space(), constants_, block.rows, placed.depth_images, block.old_sums,
                     lanes_->sums.data() + static_cast<std::size_t>(block.lane) * depths());
    marks.computed = stream.mark();
    fetch_images(stripe, block, memory.images(lane.memory.data()));
    marks.copied_out = stream.mark();
    return marks;
  }

  [[nodiscard]] Lane const& lane_of(Block const& block) const {
    return lanes_->all[static_cast<std::size_t>(block.lane)];
  }

  void send_frames(Stripe const& stripe, Block const& block, std::byte* device) const {
    Kokkos::Profiling::ScopedRegion const region("lauebench::copy_to_device");
    lane_of(block).stream.copy_to_device(device,
                                         rows_of(static_cast<std::byte const*>(stripe.frames), block,
                                                 {stripe.frame_pitch(), constants_.images, constants_.input_type}));
  }

  void fetch_images(Stripe const& stripe, Block const& block, std::byte const* device) const {
    Kokkos::Profiling::ScopedRegion const region("lauebench::copy_to_host");
    lane_of(block).stream.copy_to_host(
        rows_of(static_cast<std::byte*>(stripe.images), block,
                {static_cast<std::size_t>(stripe.rows), constants_.range.depths, constants_.output_type}),
        device);
  }

  /// How images lie on the host.
  struct HostImages {
    std::size_t pitch_rows;  ///< from one to the next
    int count;
    ElementType type;
  };

  template <class Byte>
  ImageRows<Byte> rows_of(Byte* images, Block const& block, HostImages const& layout) const {
    std::size_t const row_bytes = static_cast<std::size_t>(constants_.columns) * size_bytes(layout.type);
    return {images + static_cast<std::size_t>(block.first_row) * row_bytes, layout.pitch_rows * row_bytes,
            static_cast<std::size_t>(block.rows) * row_bytes, static_cast<std::size_t>(layout.count)};
  }

  StripeReport report(Mark const& start, std::vector<BlockMarks> const& marks, int lanes) const {
    auto const busy = [&](Mark BlockMarks::*begin, Mark BlockMarks::*end) {
      std::vector<BusySpan> spans;
      spans.reserve(marks.size());
      for (BlockMarks const& block : marks) {
        spans.push_back({Stream::seconds_between(start, block.*begin), Stream::seconds_between(start, block.*end)});
      }
      return busy_time_s(std::move(spans));
    };
    StripeReport report;
    report.copy_to_device_s = busy(&BlockMarks::begin, &BlockMarks::copied_in);
    report.compute_s = busy(&BlockMarks::copied_in, &BlockMarks::computed);
    report.copy_to_host_s = busy(&BlockMarks::computed, &BlockMarks::copied_out);
    report.depth_totals = fetch_sums(lanes);
    report.threads_counted = threads_counted_;
    report.device_bytes = cost_.of(plan_.rows, plan_.streams);
    report.workspace_bytes = runs_on_host ? report.device_bytes : 0;
    return report;
  }

  [[nodiscard]] std::vector<double> fetch_sums(int lanes) const {
    std::vector<double> sums(depths() * static_cast<std::size_t>(lanes));
    Stream const& stream = lanes_->all.front().stream;
    std::size_t const bytes = sums.size() * sizeof(double);
    stream.copy_to_host({reinterpret_cast<std::byte*>(sums.data()), bytes, bytes, 1},
                        reinterpret_cast<std::byte const*>(lanes_->sums.data()));
    stream.wait("copying the images' sums from it");
    std::vector<double> totals(depths(), 0.0);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      totals[i % depths()] += sums[i];
    }
    return totals;
  }

  ResolveConstants constants_;
  Execution execution_;
  DeviceCost cost_;
  std::uint64_t limit_bytes_;
  int threads_counted_ = 0;  // 0 on a GPU
  BlockPlan plan_;
  std::unique_ptr<Lanes> lanes_;
};

}  // namespace lauebench::kernels
