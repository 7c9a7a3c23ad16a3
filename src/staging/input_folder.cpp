#include "staging/input_folder.hpp"

#include <algorithm>
#include <optional>

#include "staging/own_names.hpp"

namespace lauebench {
InputFolder::InputFolder(std::filesystem::path const& staging_dir) : path_(staging_dir / input_folder_name) {
  posix::Descriptor const staging = posix::open_folder(staging_dir);
  if (!posix::look_at(staging, input_folder_name, path_)) {
    return;
  }
  folder_ = posix::open_own_folder_at(staging, input_folder_name, path_);
  count_left_overs();
  manifest_ = read_manifest(folder_, path_);
}

std::string InputFolder::known_digest(SourceRecord const& source) const {
  return manifest_.known_digest(source.path, source.state);
}

ReplicaPresence InputFolder::look_at(std::string const& name, SourceRecord const& source, SpaceNeeds& needs) const {
  std::uint64_t const bytes = source.state.bytes;
  auto const status = folder_.valid() ? posix::look_at(folder_, name, path_ / name) : std::nullopt;
  if (!status) {
    needs.replica_bytes += bytes;
    needs.files += 1;
    return ReplicaPresence::missing;
  }
  check_replica_place(*status, path_ / name);
  auto const known = manifest_.replicas.find(name);
  bool const is_comparable = known != manifest_.replicas.end() && !source.digest.empty();
  bool const is_known_to_agree = is_comparable && known->second.source.digest == source.digest;
  if (is_known_to_agree && known->second.state == state_of(*status)) {
    return ReplicaPresence::recorded;
  }
  auto const present = static_cast<std::uint64_t>(status->st_size);
  if (present != bytes && !manifest_.names_replica(name, state_of(*status))) {
    throw foreign_file(path_ / name);
  }
  needs.replica_bytes += bytes > present ? bytes - present : 0;
  if (present != bytes || (is_comparable && !is_known_to_agree)) {
    // both are there until the new one is whole
    needs.spare_bytes = std::max(needs.spare_bytes, std::min(present, bytes));
  }
  return ReplicaPresence::unproven;
}

void InputFolder::count_left_overs() {
  for (auto const& name : posix::list(folder_, path_)) {
    auto const status = is_temporary_name(name) ? posix::look_at(folder_, name, path_ / name) : std::nullopt;
    if (status && posix::is_own_file(*status)) {
      left_over_bytes_ += posix::bytes_on_disk(*status);
    }
  }
}

}  // namespace lauebench
