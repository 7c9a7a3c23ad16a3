#include "reconstruct/stripe_pipeline.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "reconstruct/channel.hpp"
#include "reconstruct/phase_timer.hpp"
#include "reconstruct/stripe_buffer.hpp"

namespace lauebench {
namespace {

template <class Action>
auto timed(PhaseAccount const& account, Phase phase, Action const& action) {
  PhaseTimer const timer(account, phase);
  return action();
}

}  // namespace

class StripePipeline::Implementation {
 public:
  Implementation(int rows, StripePlan const& plan, StripeRowBytes const& row_bytes, kernels::Backend& backend)
      : rows_(rows), plan_(plan), row_bytes_(row_bytes) {
    for (int i = 0; i < plan.frame_buffers(); ++i) {
      // one for each band: they are taken in order, and the last band may be shorter
      int const height = plan.frame_buffers() == plan.bands() ? band_rows(i) : plan.rows_per_band();
      free_frames_.put(&buffers_.emplace_back(backend, row_bytes.frames * static_cast<std::size_t>(height)));
    }
    for (int i = 0; i < plan.buffers; ++i) {
      auto const height = static_cast<std::size_t>(plan.rows_per_stripe);
      free_images_.put(&buffers_.emplace_back(backend, row_bytes.images * height));
    }
  }

  void run(StripeStages const& stages, PhaseAccount const& account) {
    // a thread that is woken may take the core of the one that woke it: starting and handing over are waits as well
    std::optional<std::thread> reader;
    std::optional<std::thread> writer;
    timed(account, Phase::wait_read, [&] { reader.emplace([&] { guard([&] { read_all(stages, account); }); }); });
    guard([&] {
      timed(account, Phase::wait_write, [&] { writer.emplace([&] { guard([&] { write_all(stages, account); }); }); });
      compute_all(stages, account);
    });
    timed(account, Phase::wait_read, [&] { reader->join(); });
    if (writer) {
      timed(account, Phase::wait_write, [&] { writer->join(); });
    }
    if (problem_) {
      std::rethrow_exception(problem_);
    }
  }

  [[nodiscard]] std::uint64_t page_locked_bytes() const {
    std::uint64_t bytes = 0;
    for (StripeBuffer const& buffer : buffers_) {
      bytes += buffer.page_locked_bytes();
    }
    return bytes;
  }

 private:
  struct Filled {
    StripeWork work;
    StripeBuffer* frames = nullptr;  ///< of its band, where that ends with this stripe
    StripeBuffer* images = nullptr;
  };

  [[nodiscard]] int band_rows(int band) const {
    return std::min(plan_.rows_per_band(), rows_ - band * plan_.rows_per_band());
  }

  void read_all(StripeStages const& stages, PhaseAccount const& account) {
    for (int i = 0; i < plan_.bands(); ++i) {
      auto const buffer = free_frames_.take();
      if (!buffer) {
        return;
      }
      int const rows = band_rows(i);
      FrameBand const band{i * plan_.rows_per_band(), rows,
                           (*buffer)->first(row_bytes_.frames * static_cast<std::size_t>(rows))};
      {
        PhaseTimer const timer(account, Phase::read);
        stages.read(band);
      }
      hand_on(band, *buffer);
    }
    read_.close();
  }

  void hand_on(FrameBand const& band, StripeBuffer* buffer) {
    int const end = band.first_row + band.rows;
    for (int row = band.first_row; row < end; row += plan_.rows_per_stripe) {
      int const rows = std::min(plan_.rows_per_stripe, end - row);
      read_.put({{row, rows, band, {}}, row + rows == end ? buffer : nullptr, nullptr});
    }
  }

  void compute_all(StripeStages const& stages, PhaseAccount const& account) {
    while (auto filled = timed(account, Phase::wait_read, [this] { return read_.take(); })) {
      auto const buffer = timed(account, Phase::wait_write, [this] { return free_images_.take(); });
      if (!buffer) {
        return;
      }
      filled->images = *buffer;
      filled->work.images = (*buffer)->first(row_bytes_.images * static_cast<std::size_t>(filled->work.rows));
      stages.compute(filled->work);
      if (filled->frames != nullptr) {
        timed(account, Phase::wait_read, [&] { free_frames_.put(filled->frames); });
      }
      timed(account, Phase::wait_write, [&] { computed_.put(*filled); });
    }
    computed_.close();
  }

  void write_all(StripeStages const& stages, PhaseAccount const& account) {
    while (auto const filled = computed_.take()) {
      {
        PhaseTimer const timer(account, Phase::write);
        stages.write(filled->work);
      }
      free_images_.put(filled->images);
    }
  }

  /// Keeps the first problem of all threads and lets the others come to their end.
  template <class Action>
  void guard(Action const& action) {
    try {
      action();
    } catch (...) {
      {
        std::scoped_lock const lock(problem_mutex_);
        if (!problem_) {
          problem_ = std::current_exception();
        }
      }
      free_frames_.cancel();
      free_images_.cancel();
      read_.cancel();
      computed_.cancel();
    }
  }

  int rows_;
  StripePlan plan_;
  StripeRowBytes row_bytes_;
  std::deque<StripeBuffer> buffers_;
  Channel<StripeBuffer*> free_frames_;
  Channel<StripeBuffer*> free_images_;
  Channel<Filled> read_;
  Channel<Filled> computed_;
  std::mutex problem_mutex_;
  std::exception_ptr problem_;
};

StripePipeline::StripePipeline(int rows, StripePlan const& plan, StripeRowBytes const& row_bytes,
                               kernels::Backend& backend)
    : implementation_(std::make_unique<Implementation>(rows, plan, row_bytes, backend)) {}

StripePipeline::~StripePipeline() = default;

void StripePipeline::run(StripeStages const& stages, PhaseAccount const& account) {
  implementation_->run(stages, account);
}

std::uint64_t StripePipeline::page_locked_bytes() const { return implementation_->page_locked_bytes(); }

}  // namespace lauebench
