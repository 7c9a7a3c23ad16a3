#include "config/say.hpp"

#include <cerrno>

#include "config/error.hpp"

namespace lauebench {

void say(std::FILE* stream, std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

void answer(std::string_view text) {
  bool const is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!is_written && errno != EPIPE) {
    throw io_error("cannot write the answer to stdout", errno, "make room where it goes");
  }
}

}  // namespace lauebench
