#pragma once

#include <concepts>
#include <type_traits>

#include "probe/process_usage.hpp"
#include "reconstruct/rank_outcome.hpp"

/// The members of a rank's outcome and usage by name, written once for the messages between ranks and for the results
/// file. `visit(name, member)` is called for each; `Struct` may be const. Members that are structs or enums are left to
/// the caller.
namespace lauebench {

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, PhaseTimes>
void for_each_member(Struct& phases, Visit&& visit) {
  visit("open_s", phases.open_s);
  visit("wait_read_s", phases.wait_read_s);
  visit("compute_s", phases.compute_s);
  visit("wait_write_s", phases.wait_write_s);
  visit("fsync_s", phases.fsync_s);
  visit("close_s", phases.close_s);
  visit("other_s", phases.other_s);
  visit("read_s", phases.read_s);
  visit("decompress_s", phases.decompress_s);
  visit("kernel_s", phases.kernel_s);
  visit("compress_s", phases.compress_s);
  visit("write_s", phases.write_s);
  visit("copy_to_device_s", phases.copy_to_device_s);
  visit("copy_to_host_s", phases.copy_to_host_s);
}

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, IoCounts>
void for_each_member(Struct& io, Visit&& visit) {
  visit("bytes_read", io.bytes_read);
  visit("bytes_written", io.bytes_written);
  visit("files_written", io.files_written);
}

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, MemoryUse>
void for_each_member(Struct& memory, Visit&& visit) {
  visit("limit_bytes", memory.limit_bytes);
  visit("stripe_bytes", memory.stripe_bytes);
  visit("workspace_bytes", memory.workspace_bytes);
  visit("page_locked_bytes", memory.page_locked_bytes);
  visit("device_limit_bytes", memory.device_limit_bytes);
  visit("device_bytes", memory.device_bytes);
  visit("peak_rss_bytes", memory.peak_rss_bytes);
  visit("peak_is_of_run", memory.peak_is_of_run);
}

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, ProcessUsage>
void for_each_member(Struct& usage, Visit&& visit) {
  visit("user_s", usage.user_s);
  visit("system_s", usage.system_s);
  visit("voluntary_switches", usage.voluntary_switches);
  visit("involuntary_switches", usage.involuntary_switches);
  visit("minor_faults", usage.minor_faults);
  visit("major_faults", usage.major_faults);
  visit("read_by_calls_bytes", usage.read_by_calls_bytes);
  visit("written_by_calls_bytes", usage.written_by_calls_bytes);
  visit("read_from_device_bytes", usage.read_from_device_bytes);
  visit("written_to_device_bytes", usage.written_to_device_bytes);
}

template <class Struct, class Visit>
  requires std::same_as<std::remove_const_t<Struct>, RankOutcome>
void for_each_member(Struct& outcome, Visit&& visit) {
  visit("error", outcome.error);
  visit("start_s", outcome.start_s);
  visit("end_s", outcome.end_s);
  visit("elapsed_s", outcome.elapsed_s);
  visit("stripes", outcome.stripes);
  visit("rows_per_stripe", outcome.rows_per_stripe);
  visit("threads_asked", outcome.threads_asked);
  visit("threads_counted", outcome.threads_counted);
  visit("cutoff", outcome.cutoff);
  visit("images", outcome.images);
  visit("rows", outcome.rows);
  visit("columns", outcome.columns);
  visit("depths", outcome.depths);
  visit("backend", outcome.backend);
  visit("architecture", outcome.architecture);
  visit("output_type", outcome.output_type);
  visit("read_path", outcome.read_path);
  visit("write_path", outcome.write_path);
  visit("images_are_empty", outcome.images_are_empty);
}

}  // namespace lauebench
