#include "reconstruct/record_failure.hpp"

#include <exception>
#include <new>

#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench {

void record_failure(RankOutcome& outcome, std::function<void()> const& action) {
  try {
    action();
  } catch (Error const& error) {
    outcome.code = error.code();
    outcome.error = error.what();
  } catch (std::bad_alloc const&) {
    outcome.code = ReturnCode::out_of_memory;
    outcome.error =
        "out of memory (the system refused an allocation): lower --memory-limit-mb or run fewer reconstructions at "
        "once";
  } catch (std::exception const& error) {
    outcome.code = ReturnCode::reconstruction_error;
    outcome.error = fmt::format("the reconstruction failed ({}): see the log with --verbose 3", error.what());
  }
}

}  // namespace lauebench
