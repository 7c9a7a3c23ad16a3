#include "bench/log.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace lauebench {

void set_up_logging(Verbosity verbose, Speaker speaker, ProgressStyle progress) {
  constexpr std::array levels{spdlog::level::err, spdlog::level::info, spdlog::level::debug, spdlog::level::trace};
  constexpr Verbosity loudest = static_cast<Verbosity>(levels.size()) - 1;
  auto logger = std::make_shared<spdlog::logger>("laue-bench", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(progress == ProgressStyle::updating ? "\r\033[Klaue-bench: %l: %v" : "laue-bench: %l: %v");
  bool const speaks = speaker == Speaker::root || verbose >= loudest;
  logger->set_level(speaks ? levels[static_cast<std::size_t>(std::clamp(verbose, 0, loudest))] : spdlog::level::err);
  // a line that cannot be written is no reason to end a launch, and nowhere else to be told of
  logger->set_error_handler([](std::string const& /*problem*/) {});
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace lauebench
