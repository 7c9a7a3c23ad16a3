#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace lauebench {

/// What one reconstruction, and `laue-bench reconstruct`, returns. The numbers are part of the results file.
enum class ReturnCode : int {
  ok = 0,
  reconstruction_error = 1,
  bad_input = 2,
  io_error = 3,  ///< out of space included
  out_of_memory = 4,
  cancelled = 5,  ///< before it was done: it took too long, or a signal came
  wrong_result = 6,
};

/// An error that a person reads: "problem (why): what to do", one line.
class Error : public std::runtime_error {
 public:
  Error(ReturnCode code, std::string_view problem, std::string_view why, std::string_view what_to_do);

  /// An error whose line exists already, told by another rank.
  Error(ReturnCode code, std::string const& line) : std::runtime_error(line), code_(code) {}

  [[nodiscard]] ReturnCode code() const { return code_; }

 private:
  ReturnCode code_;
};

/// `Error` with ReturnCode::bad_input: the user can mend it.
[[nodiscard]] Error bad_input(std::string_view problem, std::string_view why, std::string_view what_to_do);

/// `Error` with ReturnCode::io_error; `error_number` is an errno, its text becomes part of the reason.
[[nodiscard]] Error io_error(std::string_view problem, int error_number, std::string_view what_to_do);

}  // namespace lauebench
