#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/error.hpp"

namespace lauebench {

/// How a rank waits for the others.
enum class Waiting : std::uint8_t {
  idle,  ///< polls and sleeps, up to 1 % of the wait late (1 ms at most), next to no CPU time: for waits that may last
  prompt,  ///< spins at first and sleeps only when it takes long: for meeting right before something is timed
};

/// How long a rank waits for others at most.
struct WaitLimit {
  double seconds = 0.0;
  std::string what;  ///< that is waited for: "run 3 of cpu-p2-t1"
};

/// Where a rank sits in a part of all ranks.
struct Seat {
  int place = 0;
  int group = 0;
};

/// The ranks of this launch. All calls but rank(), size(), send(), receive() and abort() are collective, in the same
/// order on every rank; one thread makes them. A call that MPI itself refuses throws Error (reconstruction_error).
class Communicator {
 public:
  Communicator() = default;
  Communicator(Communicator const&) = delete;
  Communicator& operator=(Communicator const&) = delete;
  virtual ~Communicator() = default;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;

  virtual void barrier(Waiting waiting) = 0;
  void barrier() { barrier(Waiting::idle); }

  /// Rank 0's text on every rank; any bytes, any length.
  [[nodiscard]] virtual std::string broadcast(std::string text, Waiting waiting) = 0;
  [[nodiscard]] std::string broadcast(std::string text) { return broadcast(std::move(text), Waiting::idle); }

  /// Every rank's text in order of rank on rank 0; empty elsewhere. Lengths may differ.
  [[nodiscard]] virtual std::vector<std::string> gather(std::string const& text) = 0;

  /// One number to another rank, and one from it; each send has its receive there. Prompt.
  virtual void send(int to, double number) = 0;
  [[nodiscard]] virtual double receive(int from) = 0;

  /// The lowest rank among those that share memory with this one: which ranks have the same answer sit on the same
  /// node.
  [[nodiscard]] virtual int lowest_rank_on_node() = 0;

  /// Those ranks that have seats in the same group, in the order of their places; null for a rank without a seat.
  /// Spins: to be called where nobody is late.
  [[nodiscard]] virtual std::unique_ptr<Communicator> part(std::optional<Seat> const& seat) = 0;

  /// MPI's own handle (MPI_Comm), for a library that talks to the ranks itself; null where there is no MPI.
  [[nodiscard]] virtual void const* native() const = 0;

  /// Ends the launch on all ranks with `status` (MPI_Abort); for errors that the other ranks cannot learn of otherwise.
  /// Any thread may call it.
  [[noreturn]] virtual void abort(int status) = 0;

  [[nodiscard]] bool is_root() const { return rank() == 0; }

  /// From now on a call that waits longer throws Error (reconstruction_error), which the other ranks do not learn of:
  /// somebody hangs, and nothing but abort() may follow. Empty: waits last as long as they do.
  void limit_waits(std::optional<WaitLimit> limit) { wait_limit_ = std::move(limit); }

  [[nodiscard]] std::optional<WaitLimit> const& wait_limit() const { return wait_limit_; }

 private:
  std::optional<WaitLimit> wait_limit_;
};

/// Limits the waits of `ranks` while it lives; an empty limit lifts the one that holds around it.
class LimitedWaits {
 public:
  LimitedWaits(Communicator& ranks, std::optional<WaitLimit> limit) : ranks_(ranks), before_(ranks.wait_limit()) {
    ranks.limit_waits(std::move(limit));
  }
  ~LimitedWaits() { ranks_.limit_waits(std::move(before_)); }
  LimitedWaits(LimitedWaits const&) = delete;
  LimitedWaits& operator=(LimitedWaits const&) = delete;

 private:
  Communicator& ranks_;
  std::optional<WaitLimit> before_;
};

/// A communicator of one rank, without MPI.
[[nodiscard]] std::unique_ptr<Communicator> make_serial_communicator();

/// Every rank's text in order of rank on every rank; none holds a newline. Collective.
[[nodiscard]] std::vector<std::string> gather_on_all(Communicator& ranks, std::string const& line);

/// An error that every rank has learned of: all of them throw it at the same place, so the launch ends by itself and
/// needs no abort().
class AgreedError final : public Error {
 public:
  using Error::Error;
};

/// Runs `action` on rank 0 alone and returns what it returned on every rank. What it throws becomes an AgreedError with
/// the same code and text on every rank (bad_alloc: out_of_memory; other than Error: reconstruction_error).
[[nodiscard]] std::string on_root(Communicator& ranks, std::function<std::string()> const& action);

/// Every rank's error, or none, in order of rank on every rank. Collective.
[[nodiscard]] std::vector<std::optional<Error>> gather_problems(Communicator& ranks, std::optional<Error> const& mine);

/// Every rank tells whether it has an error; if any has, all throw the one of the lowest rank as AgreedError.
void agree(Communicator& ranks, std::optional<Error> const& mine);

/// Runs `action` on every rank and returns what it returned there; where it throws an Error on any rank, all throw.
template <class Action>
[[nodiscard]] auto on_all_ranks(Communicator& ranks, Action const& action) {
  std::optional<decltype(action())> result;
  std::optional<Error> problem;
  try {
    result.emplace(action());
  } catch (Error const& error) {
    problem = error;
  }
  agree(ranks, problem);
  return std::move(*result);
}

}  // namespace lauebench
