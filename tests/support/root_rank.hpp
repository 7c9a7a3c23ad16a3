#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "cluster/communicator.hpp"

namespace lauebench::test {

/// Rank 0 of several that are not there; what they answer is for a test to say (gather).
class RootRank : public Communicator {
 public:
  using Communicator::barrier;
  using Communicator::broadcast;
  explicit RootRank(int size) : size_(size) {}
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return size_; }
  void barrier(Waiting /*waiting*/) override {}
  [[nodiscard]] std::string broadcast(std::string text, Waiting /*waiting*/) override { return text; }
  void send(int /*to*/, double /*number*/) override {}
  [[nodiscard]] double receive(int /*from*/) override { return 0.0; }
  [[nodiscard]] int lowest_rank_on_node() override { return 0; }
  [[nodiscard]] std::unique_ptr<Communicator> part(std::optional<Seat> const& /*seat*/) override { return nullptr; }
  [[nodiscard]] void const* native() const override { return nullptr; }
  [[noreturn]] void abort(int status) override { std::exit(status); }

 private:
  int size_;
};

}  // namespace lauebench::test
