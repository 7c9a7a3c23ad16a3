#include "staging/replicas.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "staging/content_digest.hpp"
#include "staging/own_names.hpp"
#include "staging/posix_file.hpp"
#include "staging/replica_copy.hpp"
#include "staging/replica_manifest.hpp"
#include "staging/replica_source.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

struct Verdict {
  ReplicaAction action = ReplicaAction::copied;
  std::string reason;
};

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
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

std::vector<ReplicaSource> open_all(std::vector<fs::path> const& sources) {
  std::vector<ReplicaSource> opened;
  opened.reserve(sources.size());
  for (auto const& source : sources) {
    opened.emplace_back(source);
  }
  return opened;
}

class ReplicaStager {
 public:
  ReplicaStager(StagingRequest const& request, fs::path const& staging_dir, StagingLog const& log)
      : numbers_(request.replicas),
        log_(log),
        input_(staging_dir / input_folder_name),
        folder_(open_input(staging_dir, input_)),
        sources_(open_all(request.sources)),
        manifest_(read_manifest(folder_, input_)) {}

  /// Removes copies that a killed launch left half made.
  void sweep() const {
    for (auto const& name : posix::list(folder_, input_)) {
      auto const status = posix::look_at(folder_, name, input_ / name);
      bool const is_left_over = status && is_temporary_name(name) && posix::is_own_file(*status);
      if (is_left_over && ::unlinkat(folder_.get(), name.c_str(), 0) == 0) {
        log_(Importance::detail,
             fmt::format("removed half-made copy '{}' of a launch that was killed", (input_ / name).string()));
      }
    }
  }

  std::vector<Replica> stage_all() {
    auto const before = manifest_;
    for (ReplicaSource& source : sources_) {
      source.believe(manifest_);
    }
    std::optional<std::vector<Replica>> replicas;
    while (!replicas) {
      // each time the manifest was wrong about one more scan, whose content is read from then on
      replicas = try_all();
    }
    for (ReplicaSource const& source : sources_) {
      if (source.has_changed()) {
        throw changed_meanwhile(source.record.path);
      }
    }
    if (manifest_.replicas != before.replicas) {
      write_manifest(manifest_, folder_, input_);
    }
    return std::move(*replicas);
  }

 private:
  [[nodiscard]] ReplicaSource& source_of(int i) { return sources_[scan_of_replica(i, sources_.size())]; }

  /// Nothing when a copy showed that a digest from the manifest was not the scan's.
  std::optional<std::vector<Replica>> try_all() {
    std::vector<Replica> replicas = judge_all();
    announce(replicas);
    for (Replica& replica : replicas) {
      ReplicaSource& source = source_of(replica.number);
      auto const began = std::chrono::steady_clock::now();
      auto const name = replica.path.filename().string();
      if (replica.action == ReplicaAction::reused) {
        keep(name, source);
      } else if (!copy(name, source)) {
        return std::nullopt;
      }
      double const taken_s = seconds_since(began);
      if (replica.action != ReplicaAction::reused) {
        replica.copy_s = taken_s;
      }
      replica.bytes = source.record.state.bytes;
      replica.checksum = source.record.digest;
      replica.seconds += taken_s;
      log_(replica.action == ReplicaAction::replaced ? Importance::notable : Importance::detail,
           fmt::format("replica '{}' {} ({}): {} bytes, {:.3f} s", replica.path.string(), to_string(replica.action),
                       replica.reason, replica.bytes, replica.seconds));
    }
    return replicas;
  }

  /// Before anything is copied: a file that is not ours ends the launch.
  std::vector<Replica> judge_all() {
    std::vector<Replica> replicas;
    for (int const i : numbers_) {
      auto const began = std::chrono::steady_clock::now();
      ReplicaSource& source = source_of(i);
      auto const name = replica_name(source.given, i);
      Verdict verdict = judge(name, source);
      Replica& replica = replicas.emplace_back();
      replica.path = input_ / name;
      replica.seconds = seconds_since(began);
      replica.action = verdict.action;
      replica.reason = std::move(verdict.reason);
      replica.scan = source.given;
      replica.number = i;
    }
    return replicas;
  }

  void announce(std::vector<Replica> const& replicas) {
    auto const before = manifest_.replicas;
    for (Replica const& replica : replicas) {
      manifest_.announce(replica.path.filename().string(), source_of(replica.number).record);
    }
    if (manifest_.replicas != before) {
      write_manifest(manifest_, folder_, input_);
    }
  }

  Verdict judge(std::string const& name, ReplicaSource& source) {
    auto const path = input_ / name;
    auto const status = posix::look_at(folder_, name, path);
    if (!status) {
      return {ReplicaAction::copied, "there was none"};
    }
    check_replica_place(*status, path);
    if (drop_link(*status, name, path)) {
      return {ReplicaAction::replaced, "it was the scan itself, not a copy"};
    }
    auto const known = manifest_.replicas.find(name);
    if (known != manifest_.replicas.end() && known->second.state == state_of(*status)) {
      return judge_by_record(known->second, source);
    }
    auto const bytes = static_cast<std::uint64_t>(status->st_size);
    bool const is_as_large = bytes == source.record.state.bytes;
    if (is_as_large && has_content_of_source(name, path, source)) {
      return {ReplicaAction::reused, "its content is the scan's"};
    }
    if (!manifest_.names_replica(name, bytes)) {
      throw foreign_file(path);
    }
    return {ReplicaAction::replaced, is_as_large ? "its content is not the scan's" : "its size is not the scan's"};
  }

  /// Removes a second name of a scan, if it is one. That changes the scan's ctime, which must not be taken for a change
  /// of its content later.
  bool drop_link(struct stat const& status, std::string const& name, fs::path const& path) {
    auto const linked =
        std::ranges::find_if(sources_, [&status](ReplicaSource const& source) { return source.is_file(status); });
    if (linked == sources_.end()) {
      return false;
    }
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0) {
      throw posix::system_error(fmt::format("cannot replace '{}'", path.string()), errno, "remove it");
    }
    linked->look_again();
    return true;
  }

  static Verdict judge_by_record(ReplicaRecord const& known, ReplicaSource& source) {
    if (known.source.digest == source.digest()) {
      return {ReplicaAction::reused, "recorded as a copy of the scan and unchanged since"};
    }
    bool const same_path = known.source.path == source.record.path;
    return {ReplicaAction::replaced, same_path ? "the scan has changed since it was made"
                                               : fmt::format("it was made from '{}'", known.source.path)};
  }

  /// Recorded in the manifest when it has.
  bool has_content_of_source(std::string const& name, fs::path const& path, ReplicaSource& source) {
    posix::Descriptor const file(::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid()) {
      throw posix::system_error(fmt::format("cannot read replica '{}'", path.string()), errno, "remove it");
    }
    auto const state = state_of(posix::look_at(file, path));
    if (digest_of(file, path) != source.digest()) {
      return false;
    }
    manifest_.replicas[name] = {state, source.record};
    return true;
  }

  void keep(std::string const& name, ReplicaSource const& source) {
    if (source.belief == Belief::content) {
      manifest_.replicas[name].source = source.record;
    }
  }

  /// False when the bytes that went through are not those that the manifest says the scan has.
  bool copy(std::string const& name, ReplicaSource& source) {
    auto const copied = copy_replica(source.file, source.record.path, folder_, name, input_ / name);
    bool const is_first = source.record.digest.empty();
    bool const agrees = is_first || copied.digest == source.record.digest;
    if (!agrees && source.belief == Belief::content) {
      throw changed_meanwhile(source.record.path);
    }
    source.record.digest = copied.digest;
    manifest_.replicas[name] = {copied.state, source.record};
    if (is_first) {
      source.belief = Belief::content;
    } else if (!agrees) {
      source.doubt();
    }
    return agrees;
  }

  std::vector<int> numbers_;
  StagingLog const& log_;
  fs::path input_;
  posix::Descriptor folder_;
  std::vector<ReplicaSource> sources_;
  ReplicaManifest manifest_;
};

ReplicaContents contents_of(std::vector<Replica> const& replicas) {
  std::set<std::string_view> checksums;
  for (Replica const& replica : replicas) {
    checksums.insert(replica.checksum);
  }
  return checksums.size() < replicas.size() ? ReplicaContents::some_identical : ReplicaContents::different;
}

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
  target.notes = staging_notes(target.filesystem, contents_of(target.replicas));
  for (StagingNote const note : target.notes) {
    log(Importance::notable, advice(note, target.filesystem));
  }
  return target;
}

}  // namespace lauebench
