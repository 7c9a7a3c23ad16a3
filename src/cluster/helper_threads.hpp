#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace lauebench {

/// Calls `work(0)` in this thread and `work(1)` to `work(threads - 1)` in threads of their own at the same time, and
/// returns when all have come to their end. Where the system starts fewer threads, calls are missing from the last one
/// on, so each has to look for work until there is none. `work` throws nothing.
void work_with_helpers(std::size_t threads, std::function<void(std::size_t thread)> const& work);

/// Calls `action(thread, task)` once for each task of [0, tasks), by up to `threads` threads at the same time; each
/// takes the next task as soon as it is done with one. After an exception no further task is begun, and the first one
/// is thrown on.
void share_out(std::size_t threads, std::int64_t tasks,
               std::function<void(std::size_t thread, std::int64_t task)> const& action);

}  // namespace lauebench
