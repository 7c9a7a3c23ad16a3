#include "staging/replica_source.hpp"

#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <fmt/format.h>

#include "staging/content_digest.hpp"

namespace lauebench {

ReplicaSource::ReplicaSource(std::filesystem::path const& given_path)
    : given(given_path), file(::open(given_path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!file.valid()) {
    throw posix::system_error(fmt::format("cannot stage scan '{}'", given.string()), errno,
                              "check the path and that you may read it");
  }
  record.path = std::filesystem::canonical(given).string();
  auto const now = std::chrono::system_clock::now().time_since_epoch();
  record.looked_at_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  auto const status = posix::look_at(file, given);
  record.state = state_of(status);
  device = status.st_dev;
}

void ReplicaSource::believe(ReplicaManifest const& manifest) {
  record.digest = manifest.known_digest(record.path, record.state);
  belief = record.digest.empty() ? Belief::none : Belief::manifest;
}

void ReplicaSource::doubt() {
  record.digest.clear();
  belief = Belief::none;
}

std::string const& ReplicaSource::digest(Cancellation const& cancellation) {
  if (record.digest.empty()) {
    record.digest = digest_of(file, record.path, cancellation);
    belief = Belief::content;
  }
  return record.digest;
}

bool ReplicaSource::has_changed() const { return state_of(posix::look_at(file, record.path)) != record.state; }

void ReplicaSource::look_again() { record.state = state_of(posix::look_at(file, record.path)); }

bool ReplicaSource::is_file(struct stat const& status) const {
  return status.st_dev == device && status.st_ino == record.state.inode;
}

Error changed_meanwhile(std::string const& source) {
  return bad_input(fmt::format("scan '{}' cannot be staged", source), "it changed while it was staged",
                   "start again when nothing writes to it");
}

}  // namespace lauebench
