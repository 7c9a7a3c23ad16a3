#include "bench/common_passes.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>

#include "bench/ceilings_json.hpp"
#include "bench/interruption.hpp"

namespace lauebench {
namespace {

constexpr char const* once_more = "once more";

/// Why `action` failed; empty: it did not.
std::string failure_of(std::function<void()> const& action) {
  try {
    action();
    return {};
  } catch (std::bad_alloc const&) {
    return "out of memory (an allocation failed): lower --memory-limit-mb or run fewer reconstructions at once";
  } catch (std::exception const& error) {
    return error.what();
  }
}

std::vector<CeilingPass> passes_from(std::vector<std::string> const& messages) {
  std::vector<CeilingPass> passes;
  std::ranges::transform(messages, std::back_inserter(passes),
                         [](std::string const& message) { return ceiling_pass_from_message(message); });
  return passes;
}

}  // namespace

std::string measure_together(StartLine& line, Part part, PreparePass const& prepare, CeilingSeries& series) {
  Communicator& ranks = line.ranks();
  bool const is_active = part == Part::active;
  CeilingPass mine;
  PerformPass pass;
  if (is_active) {
    mine.error = failure_of([&] { pass = prepare(); });
  }
  for (;;) {
    if (is_active && mine.error.empty()) {
      mine.error = failure_of(pass.get_ready);
    }
    static_cast<void>(line.wait());
    if (is_active && mine.error.empty()) {
      mine.error = failure_of([&] { mine.samples = pass.perform(); });
    }
    mine.signal = caught_signal_name();
    std::vector<std::string> const messages = ranks.gather(to_message(mine));
    std::string verdict = on_root(ranks, [&] {
      series.add(passes_from(messages));
      return series.wants_more() ? once_more : series.signal();
    });
    if (verdict != once_more) {
      return verdict;
    }
  }
}

}  // namespace lauebench
