#include "bench/shared_files.hpp"

#include <optional>
#include <utility>

#include "bench/log.hpp"
#include "bench/run_limits.hpp"

namespace lauebench {

bool SharedFiles::have_lost_ranks() const {
  return (input && input->has_lost_ranks()) || (output && output->has_lost_ranks());
}

void SharedFiles::give_up(Error const& why) {
  if (input) {
    input->give_up(why);
  }
  if (output) {
    output->give_up(why);
  }
}

void SharedFiles::close() {
  if (input) {
    input->close();
  }
}

SharedFiles share_files(RankRun const& run, RunConfig const& config, Communicator& ranks) {
  SharedFiles files;
  bool const writes = run.point.output_layout == OutputLayout::shared;
  if (!writes && config.input_access == InputAccess::posix) {
    return files;
  }
  std::optional<Seat> seat;
  if (run.index) {
    seat = Seat{*run.index, writes ? 0 : run.readers_group};
  }
  std::unique_ptr<Communicator> sharers = ranks.part(seat);
  if (!sharers) {
    return files;
  }
  constexpr double nothing_known_s = 0.0;
  sharers->limit_waits(run.wait_limit.value_or(wait_limit_after(nothing_known_s, speaker_of(ranks), run.name)));
  if (writes) {
    files.output = std::make_unique<SharedOutput>(std::move(sharers), run.shared_base, config.shared_file);
  } else {
    files.input = std::make_unique<SharedInput>(std::move(sharers), config.input_access, config.shared_file.mpi_hints);
  }
  return files;
}

}  // namespace lauebench
