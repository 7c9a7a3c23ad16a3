#include "cluster/joint_steps.hpp"

#include <algorithm>
#include <exception>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace lauebench {
namespace {

/// The first letter of what a rank tells.
constexpr char goes_on = '+';
constexpr char gives_up = '-';

}  // namespace

std::vector<std::string> JointSteps::meet(std::string const& line) {
  if (state_ != State::together) {
    throw Error(ReturnCode::reconstruction_error, "the ranks of a run use no file together any more",
                "one of them has given up", "look at its error");
  }
  std::vector<std::string> told;
  try {
    told = gather_on_all(ranks_, goes_on + line);
  } catch (Error const&) {
    state_ = State::lost;
    throw;
  }
  auto const failed = std::ranges::find_if(told, [](std::string const& text) { return text.front() == gives_up; });
  if (failed != told.end()) {
    state_ = State::apart;
    auto const blank = failed->find(' ');
    throw AgreedError(static_cast<ReturnCode>(std::stoi(failed->substr(1, blank - 1))),
                      fmt::format("rank {} of those that use a file together gave up: {}", failed - told.begin(),
                                  failed->substr(blank + 1)));
  }
  for (std::string& text : told) {
    text.erase(0, 1);
  }
  return told;
}

void JointSteps::doubt_others() {
  constexpr double longest_s = 30.0;
  WaitLimit limit = ranks_.wait_limit().value_or(WaitLimit{longest_s, "a step of all ranks"});
  limit.seconds = std::min(limit.seconds, longest_s);
  ranks_.limit_waits(limit);
}

void JointSteps::give_up(Error const& why) noexcept {
  if (state_ != State::together) {
    return;
  }
  state_ = State::apart;
  try {
    std::string line = fmt::format("{}{} {}", gives_up, static_cast<int>(why.code()), why.what());
    std::ranges::replace(line, '\n', ' ');
    static_cast<void>(gather_on_all(ranks_, line));
  } catch (std::exception const& lost) {
    state_ = State::lost;
    spdlog::warn("{}", lost.what());
  }
}

}  // namespace lauebench
