#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace lauebench {

/// Hands values from one thread to another, in order. As many are under way as there are values to hand over: the
/// pipeline's buffers go round, so nothing waits to be put in.
template <class Value>
class Channel {
 public:
  void put(Value value) {
    {
      std::scoped_lock const lock(mutex_);
      values_.push_back(std::move(value));
    }
    changed_.notify_one();
  }

  /// Waits for a value; none once the channel is closed and empty, or cancelled.
  [[nodiscard]] std::optional<Value> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !values_.empty(); });
    if (values_.empty()) {
      return std::nullopt;
    }
    Value value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

  /// Nothing more comes; what is there can still be taken.
  void close() {
    {
      std::scoped_lock const lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

  /// Nothing more comes or can be taken.
  void cancel() {
    {
      std::scoped_lock const lock(mutex_);
      closed_ = true;
      values_.clear();
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Value> values_;
  bool closed_ = false;
};

}  // namespace lauebench
