#pragma once

#include <cstdio>
#include <string_view>

namespace lauebench {

/// Writes `text` to stdout or stderr at once. What cannot be written (a full disk, a reader that has gone) is dropped:
/// no launch fails because nobody listens.
void say(std::FILE* stream, std::string_view text) noexcept;

/// Writes to stdout what a subcommand is there to tell. A reader that has gone has seen enough. Throws Error (io_error)
/// when it cannot be written for another reason.
void answer(std::string_view text);

}  // namespace lauebench
