#include "config/run_end_options.hpp"

#include "config/repetition_values.hpp"

namespace lauebench {

void append_end_options(OptionTable<RunConfig>& table, std::string_view group) {
  table.push_back(make_option<RunConfig>(
      {.name = "time-limit",
       .placeholder = "DURATION",
       .help = "begin no run that would not end this long after the launch's start: seconds, 90s, 30m, 2h, mm:ss or "
               "[days-]hh:mm:ss",
       .group = group,
       .audience = Audience::advanced},
      MaybeAbsent<DurationText>{}, [](auto& c) -> auto& { return c.time_limit_s; }));
  table.push_back(make_option<RunConfig>(
      {.name = "reconstruction-timeout",
       .placeholder = "DURATION",
       .help =
           "cancel a reconstruction that takes longer: its run has failed, the next one begins; a rank that answers "
           "no more ends the launch",
       .group = group,
       .audience = Audience::advanced},
      MaybeAbsent<DurationText>{}, [](auto& c) -> auto& { return c.reconstruction_timeout_s; }));
  table.push_back(make_option<RunConfig>({.name = "fail-fast",
                                          .placeholder = "",
                                          .help = "the first run that fails ends the launch",
                                          .group = group,
                                          .audience = Audience::advanced},
                                         Switch<AfterFailure>{AfterFailure::go_on, AfterFailure::stop},
                                         [](auto& c) -> auto& { return c.after_failure; }));
}

}  // namespace lauebench
