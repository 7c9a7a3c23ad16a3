#pragma once

#include <cstddef>
#include <functional>

namespace lauebench {

/// Calls `work(0)` in this thread and `work(1)` to `work(threads - 1)` in threads of their own at the same time, and
/// returns when all have come to their end. Where the system starts fewer threads, calls are missing from the last one
/// on, so each has to look for work until there is none. `work` throws nothing.
void work_with_helpers(std::size_t threads, std::function<void(std::size_t thread)> const& work);

}  // namespace lauebench
