#include "staging/replicas.hpp"

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "staging/content_digest.hpp"
#include "staging/own_names.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_copy.hpp"
#include "staging/replica_manifest.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// The scan, open for the whole staging, so that all replicas are copies of one and the same file.
struct Source {
  explicit Source(fs::path const& given) : file(::open(given.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (!file.valid()) {
      throw posix::system_error(fmt::format("cannot stage scan '{}'", given.string()), errno,
                                "check the path and that you may read it");
    }
    record.path = fs::canonical(given).string();
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    record.looked_at_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    auto const status = posix::look_at(file, given);
    record.state = state_of(status);
    device = status.st_dev;
  }

  posix::Descriptor file;
  SourceRecord record;  ///< digest empty: not known yet
  dev_t device = 0;
};

/// Where a source's digest came from.
enum class Belief : std::uint8_t {
  none,
  manifest,  ///< from an earlier launch: size, times and inode are what they were
  content,   ///< read in this launch
};

struct Verdict {
  ReplicaAction action = ReplicaAction::copied;
  std::string reason;
};

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

Error changed_meanwhile(std::string const& source) {
  return bad_input(fmt::format("scan '{}' cannot be staged", source), "it changed while it was staged",
                   "start again when nothing writes to it");
}

posix::Descriptor open_input(fs::path const& staging_dir, fs::path const& input) {
  auto const staging = posix::open_folder(staging_dir);
  if (::mkdirat(staging.get(), input_folder_name, 0755) == 0) {
    posix::sync(staging, staging_dir);
  } else if (errno != EEXIST) {
    throw posix::system_error(fmt::format("cannot make folder '{}'", input.string()), errno,
                              "choose another --staging-dir");
  }
  return posix::open_folder_at(staging, input_folder_name, input);
}

class ReplicaStager {
 public:
  ReplicaStager(StagingRequest const& request, fs::path const& staging_dir, StagingLog const& log)
      : request_(request),
        log_(log),
        input_(staging_dir / input_folder_name),
        folder_(open_input(staging_dir, input_)),
        source_(request.source),
        manifest_(read_manifest(folder_, input_)) {}

  /// Removes copies that a killed launch left half made.
  void sweep() const {
    for (auto const& name : posix::list(folder_, input_)) {
      auto const status = posix::look_at(folder_, name, input_ / name);
      bool const is_left_over =
          status && is_temporary_name(name) && S_ISREG(status->st_mode) && posix::is_ours(*status);
      if (is_left_over && ::unlinkat(folder_.get(), name.c_str(), 0) == 0) {
        log_(Importance::detail,
             fmt::format("removed half-made copy '{}' of a launch that was killed", (input_ / name).string()));
      }
    }
  }

  std::vector<Replica> stage_all() {
    auto const before = manifest_;
    source_.record.digest = manifest_.known_digest(source_.record.path, source_.record.state);
    belief_ = source_.record.digest.empty() ? Belief::none : Belief::manifest;
    std::optional<std::vector<Replica>> replicas = try_all();
    if (!replicas) {
      // the manifest was wrong about the scan, so what was decided by it is decided again by content
      source_.record.digest.clear();
      belief_ = Belief::none;
      replicas = try_all();
    }
    if (!replicas || state_of(posix::look_at(source_.file, source_.record.path)) != source_.record.state) {
      throw changed_meanwhile(source_.record.path);
    }
    if (manifest_.replicas != before.replicas) {
      write_manifest(manifest_, folder_, input_);
    }
    return std::move(*replicas);
  }

 private:
  /// Nothing when a copy showed that the digest from the manifest was not the scan's.
  std::optional<std::vector<Replica>> try_all() {
    std::vector<Replica> replicas = judge_all();
    announce(replicas);
    for (Replica& replica : replicas) {
      auto const began = std::chrono::steady_clock::now();
      auto const name = replica.path.filename().string();
      if (replica.action == ReplicaAction::reused) {
        keep(name);
      } else if (!copy(name)) {
        return std::nullopt;
      }
      replica.bytes = source_.record.state.bytes;
      replica.checksum = source_.record.digest;
      replica.seconds += seconds_since(began);
      log_(replica.action == ReplicaAction::replaced ? Importance::notable : Importance::detail,
           fmt::format("replica '{}' {} ({}): {} bytes, {:.3f} s", replica.path.string(), to_string(replica.action),
                       replica.reason, replica.bytes, replica.seconds));
    }
    return replicas;
  }

  /// Before anything is copied: a file that is not ours ends the launch.
  std::vector<Replica> judge_all() {
    std::vector<Replica> replicas;
    for (int i = 0; i < request_.replicas; ++i) {
      auto const began = std::chrono::steady_clock::now();
      auto const name = replica_name(request_.source, i);
      Verdict verdict = judge(name);
      replicas.push_back({input_ / name, 0, {}, seconds_since(began), verdict.action, std::move(verdict.reason)});
    }
    return replicas;
  }

  void announce(std::vector<Replica> const& replicas) {
    auto const before = manifest_.replicas;
    for (Replica const& replica : replicas) {
      manifest_.announce(replica.path.filename().string(), source_.record);
    }
    if (manifest_.replicas != before) {
      write_manifest(manifest_, folder_, input_);
    }
  }

  Verdict judge(std::string const& name) {
    auto const path = input_ / name;
    auto const status = posix::look_at(folder_, name, path);
    if (!status) {
      return {ReplicaAction::copied, "there was none"};
    }
    check_replica_place(*status, path);
    if (status->st_dev == source_.device && status->st_ino == source_.record.state.inode) {
      drop_link(name, path);
      return {ReplicaAction::replaced, "it was the scan itself, not a copy"};
    }
    auto const known = manifest_.replicas.find(name);
    if (known != manifest_.replicas.end() && known->second.state == state_of(*status)) {
      return judge_by_record(known->second);
    }
    auto const bytes = static_cast<std::uint64_t>(status->st_size);
    if (bytes == source_.record.state.bytes && has_content_of_source(name, path)) {
      return {ReplicaAction::reused, "its content is the scan's"};
    }
    if (!manifest_.names_replica(name, bytes)) {
      throw foreign_file(path);
    }
    return {ReplicaAction::replaced,
            bytes == source_.record.state.bytes ? "its content is not the scan's" : "its size is not the scan's"};
  }

  /// Removes a second name of the scan. That changes the scan's ctime, which must not be taken for a change of its
  /// content later.
  void drop_link(std::string const& name, fs::path const& path) {
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0) {
      throw posix::system_error(fmt::format("cannot replace '{}'", path.string()), errno, "remove it");
    }
    source_.record.state = state_of(posix::look_at(source_.file, source_.record.path));
  }

  Verdict judge_by_record(ReplicaRecord const& known) {
    if (known.source.digest == source_digest()) {
      return {ReplicaAction::reused, "recorded as a copy of the scan and unchanged since"};
    }
    bool const same_path = known.source.path == source_.record.path;
    return {ReplicaAction::replaced, same_path ? "the scan has changed since it was made"
                                               : fmt::format("it was made from '{}'", known.source.path)};
  }

  /// Recorded in the manifest when it has.
  bool has_content_of_source(std::string const& name, fs::path const& path) {
    posix::Descriptor const file(::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid()) {
      throw posix::system_error(fmt::format("cannot read replica '{}'", path.string()), errno, "remove it");
    }
    auto const state = state_of(posix::look_at(file, path));
    if (digest_of(file, path) != source_digest()) {
      return false;
    }
    manifest_.replicas[name] = {state, source_.record};
    return true;
  }

  std::string const& source_digest() {
    if (source_.record.digest.empty()) {
      source_.record.digest = digest_of(source_.file, source_.record.path);
      belief_ = Belief::content;
    }
    return source_.record.digest;
  }

  void keep(std::string const& name) {
    if (belief_ == Belief::content) {
      manifest_.replicas[name].source = source_.record;
    }
  }

  /// False when the bytes that went through are not those that the manifest says the scan has.
  bool copy(std::string const& name) {
    auto const copied = copy_replica(source_.file, source_.record.path, folder_, name, input_ / name);
    bool const is_first = source_.record.digest.empty();
    bool const agrees = is_first || copied.digest == source_.record.digest;
    if (!agrees && belief_ == Belief::content) {
      throw changed_meanwhile(source_.record.path);
    }
    source_.record.digest = copied.digest;
    manifest_.replicas[name] = {copied.state, source_.record};
    belief_ = is_first ? Belief::content : belief_;
    return agrees;
  }

  StagingRequest const& request_;
  StagingLog const& log_;
  fs::path input_;
  posix::Descriptor folder_;
  Source source_;
  ReplicaManifest manifest_;
  Belief belief_ = Belief::none;
};

}  // namespace

std::string_view to_string(ReplicaAction action) {
  switch (action) {
    case ReplicaAction::copied:
      return "copied";
    case ReplicaAction::reused:
      return "reused";
    case ReplicaAction::replaced:
      return "replaced";
  }
  return "copied";
}

StagedTarget stage_replicas(StagingRequest const& request, LockState lock, StagingLog const& log) {
  // again, now that the lock keeps others from changing what was found
  auto const inspection = inspect_target(request);
  check_space(inspection.space, inspection.staging_dir);
  ReplicaStager stager(request, inspection.staging_dir, log);
  if (lock == LockState::held) {
    stager.sweep();
  }
  StagedTarget target;
  target.path = inspection.staging_dir;
  target.replicas = stager.stage_all();
  target.filesystem = read_filesystem_facts(inspection.staging_dir);
  return target;
}

}  // namespace lauebench
