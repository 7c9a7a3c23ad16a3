#pragma once

#include <cstdint>
#include <functional>
#include <thread>

#include "probe/reading.hpp"

namespace lauebench {

/// The largest answer to a question that a thread of its own asks again and again: for what has no counter of its peak,
/// as a GPU's memory in use. What rises and falls between two readings is not seen.
class PeakReading {
 public:
  using Question = std::function<Reading<std::uint64_t>()>;

  /// Asks now and every `interval_s` until end(). `question` throws nothing.
  PeakReading(Question question, double interval_s);

  /// Asks once more. Unknown, for the first reason, where a question was not answered, or where no thread could be
  /// started.
  [[nodiscard]] Reading<std::uint64_t> end();

 private:
  void ask();
  void ask_until_stopped(std::stop_token const& stop, double interval_s);

  Question question_;
  Reading<std::uint64_t> peak_ = std::uint64_t{0};
  std::jthread thread_;  ///< the last member: it ends before what it uses
};

}  // namespace lauebench
