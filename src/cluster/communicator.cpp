#include "cluster/communicator.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <queue>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lauebench {
namespace {

class SerialCommunicator final : public Communicator {
 public:
  using Communicator::barrier;
  using Communicator::broadcast;

  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 1; }
  void barrier(Waiting /*waiting*/) override {}
  [[nodiscard]] std::string broadcast(std::string text, Waiting /*waiting*/) override { return text; }
  [[nodiscard]] std::vector<std::string> gather(std::string const& text) override { return {text}; }
  // from itself to itself: there is nobody else
  void send(int /*to*/, double number) override { sent_.push(number); }
  [[nodiscard]] double receive(int /*from*/) override {
    double const number = sent_.front();
    sent_.pop();
    return number;
  }
  [[nodiscard]] int lowest_rank_on_node() override { return 0; }
  [[nodiscard]] std::unique_ptr<Communicator> part(std::optional<Seat> const& seat) override {
    return seat ? make_serial_communicator() : nullptr;
  }
  [[nodiscard]] void const* native() const override { return nullptr; }
  // _Exit as MPI_Abort does: other threads may be anywhere, so nothing is destroyed under their feet.
  [[noreturn]] void abort(int status) override { std::_Exit(status); }

 private:
  std::queue<double> sent_;
};

/// How an action ended, as text: "<return code> <returned text or error line>".
std::string encode(ReturnCode code, std::string_view text) {
  return fmt::format("{} {}", static_cast<int>(code), text);
}

struct Ending {
  ReturnCode code;
  std::string text;
};

Ending decode(std::string const& message) {
  auto const space = message.find(' ');
  return {static_cast<ReturnCode>(std::stoi(message.substr(0, space))), message.substr(space + 1)};
}

/// The text, where the action ended well; throws AgreedError otherwise.
std::string text_or_throw(std::string const& message) {
  Ending ending = decode(message);
  if (ending.code != ReturnCode::ok) {
    throw AgreedError(ending.code, ending.text);
  }
  return std::move(ending.text);
}

std::string outcome_of(std::function<std::string()> const& action) {
  try {
    return encode(ReturnCode::ok, action());
  } catch (Error const& error) {
    return encode(error.code(), error.what());
  } catch (std::bad_alloc const&) {
    return encode(ReturnCode::out_of_memory,
                  "rank 0 ran out of memory (an allocation failed): use a machine with more memory or a smaller scan");
  } catch (std::exception const& error) {
    return encode(ReturnCode::reconstruction_error,
                  fmt::format("rank 0 failed ({}): report this as a bug", error.what()));
  }
}

std::vector<std::string> split_lines(std::string const& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    auto const end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace

std::unique_ptr<Communicator> make_serial_communicator() { return std::make_unique<SerialCommunicator>(); }

std::vector<std::string> gather_on_all(Communicator& ranks, std::string const& line) {
  return split_lines(ranks.broadcast(fmt::format("{}", fmt::join(ranks.gather(line), "\n"))));
}

std::string on_root(Communicator& ranks, std::function<std::string()> const& action) {
  return text_or_throw(ranks.broadcast(ranks.is_root() ? outcome_of(action) : std::string()));
}

std::vector<std::optional<Error>> gather_problems(Communicator& ranks, std::optional<Error> const& mine) {
  std::string line = mine ? encode(mine->code(), mine->what()) : std::string();
  std::ranges::replace(line, '\n', ' ');
  std::vector<std::optional<Error>> problems;
  for (std::string const& told : gather_on_all(ranks, line)) {
    std::optional<Error>& problem = problems.emplace_back();
    if (!told.empty()) {
      Ending const ending = decode(told);
      problem.emplace(ending.code, ending.text);
    }
  }
  return problems;
}

void agree(Communicator& ranks, std::optional<Error> const& mine) {
  for (std::optional<Error> const& problem : gather_problems(ranks, mine)) {
    if (problem) {
      throw AgreedError(problem->code(), problem->what());
    }
  }
}

}  // namespace lauebench
