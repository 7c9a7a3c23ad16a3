#include "staging/proven_replica.hpp"

#include <utility>

#include <fcntl.h>

#include "staging/content_digest.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

ProvenReplica::ProvenReplica(std::filesystem::path path, std::string checksum, FileState const& state)
    : path_(std::move(path)), checksum_(std::move(checksum)), state_(state) {}

bool ProvenReplica::is_unchanged() {
  FileState const now = state_of(path_);
  if (now == state_) {
    is_state_seen_here_ = true;
    return true;
  }
  if (is_state_seen_here_ && !now.has_content_of(state_)) {
    return false;
  }
  // O_NONBLOCK: a named pipe in its place would wait for ever
  posix::Descriptor const file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid() || digest_of(file, path_) != checksum_) {
    return false;
  }
  // as it was before the content was read: what changes meanwhile shows the next time
  state_ = now;
  is_state_seen_here_ = true;
  return true;
}

}  // namespace lauebench
