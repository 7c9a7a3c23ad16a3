#pragma once

#include <optional>
#include <string>

#include "bench/log.hpp"
#include "cluster/communicator.hpp"
#include "cluster/launch_environment.hpp"
#include "config/cancellation.hpp"
#include "config/config.hpp"

/// What ends a run that would last too long, and staging that is no longer wanted.
namespace lauebench {

/// Of a reconstruction that begins now: due when --reconstruction-timeout is over, or when a signal (Interruption) came
/// so long ago that the launch has to end. `config` need not outlive it.
[[nodiscard]] Cancellation cancellation_of(RunConfig const& config);

/// Of what is done with depth images when their reconstruction is over: due by signals as that is.
[[nodiscard]] Cancellation signal_cancellation();

/// Of reading a replica into memory before a run: due as soon as a signal (Interruption) came. The run itself has what
/// is left of its time then.
[[nodiscard]] Cancellation warming_cancellation();

/// Of measuring ceilings: due as soon as a signal (Interruption) came, for what is half measured has no record.
[[nodiscard]] Cancellation ceilings_cancellation();

/// Of staging: due as soon as a signal (Interruption) came, for no run is under way.
[[nodiscard]] Cancellation staging_cancellation();

/// What a launch does when, seconds after a signal. It is over, recorded and `end` is written within 10 s, or within
/// the time that Open MPI's mpirun leaves its ranks after SIGINT and SIGTERM (1 s if nobody says otherwise).
struct SignalTimes {
  double run_s = 0.0;      ///< the run under way is cancelled; 0: at once
  double records_s = 0.0;  ///< `end` is written though a rank has not heard of the signal
  double end_s = 0.0;      ///< the launch is ended (Communicator::abort) where it goes on nevertheless
};
[[nodiscard]] SignalTimes times_after_signal(int signal_number, EnvironmentLookup const& environment);

/// How long a rank waits for others in a run of a launch with --reconstruction-timeout; empty without. `what` they are
/// in: "run 3 of cpu-p2-t1". Rank 0 gives up first, for it has the end of the launch to record.
[[nodiscard]] std::optional<WaitLimit> wait_limit_of(RunConfig const& config, Speaker speaker, std::string what);

/// The same without --reconstruction-timeout, for a rank whose own part of the run took `own_s`: reconstructions of a
/// run are alike, so one that takes an hour and twenty times as long hangs. Twice that on ranks other than 0.
[[nodiscard]] WaitLimit wait_limit_after(double own_s, Speaker speaker, std::string what);

/// The same for a rank that has no part in the run, or failed before it did it: nobody knows how long the others take.
[[nodiscard]] WaitLimit wait_limit_of_unknown(Speaker speaker, std::string what);

/// As wait_limit_of where the launch has to be over in `seconds_left`, which may be infinite (then empty) or negative:
/// waits outside of runs have that, and half a minute.
[[nodiscard]] std::optional<WaitLimit> wait_limit_before(double seconds_left, Speaker speaker, std::string what);

}  // namespace lauebench
