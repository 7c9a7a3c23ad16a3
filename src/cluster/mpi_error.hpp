#pragma once

#include <string>

#include <mpi.h>

namespace lauebench {

/// What the implementation has to say of a status.
[[nodiscard]] inline std::string mpi_error_text(int status) {
  std::string text(MPI_MAX_ERROR_STRING, '\0');
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace lauebench
