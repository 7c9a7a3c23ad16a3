#include "staging/replicas.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cluster/helper_threads.hpp"
#include "cluster/monotonic_clock.hpp"
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
  FileState state = {};  ///< of what is reused, from before its content was looked at
};

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

/// What is replaced stays until its new content is whole: the room that is needed holds one such copy, and what is free
/// beyond it further ones.
int replaced_at_once(TargetInspection const& target, int wanted) {
  std::uint64_t const largest = std::max<std::uint64_t>(1, std::ranges::max(target.source_bytes));
  std::uint64_t const room = target.space.free_bytes - std::min(target.space.free_bytes, target.space.needed_bytes());
  return 1 + static_cast<int>(std::min(static_cast<std::uint64_t>(wanted - 1), room / largest));
}

class ReplicaStager {
 public:
  ReplicaStager(StagingRequest const& request, TargetInspection const& target, StagingTerms const& terms,
                StagingLog const& log)
      : numbers_(request.replicas),
        terms_(terms),
        replaced_at_once_(replaced_at_once(target, terms.copies_at_once)),
        log_(log),
        input_(target.staging_dir / input_folder_name),
        folder_(open_input(target.staging_dir, input_)),
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

  /// Gives the folder the layout that is asked for. Whatever kills the launch meanwhile, the next one does it again.
  void lay_out() {
    if (manifest_.stripe == terms_.stripe) {
      return;
    }
    std::string const before = manifest_.stripe;
    note_stripe("unknown");
    try {
      set_stripe_layout(input_, terms_.stripe, "--stripe-input");
    } catch (Error const&) {
      note_stripe(before);
      throw;
    }
    note_stripe(terms_.stripe);
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

  /// From each round's first copy's begin to its last one's end, rounds added up; empty: nothing had to be copied.
  [[nodiscard]] std::optional<double> copy_wall_s() const { return copy_wall_s_; }

 private:
  void note_stripe(std::string const& stripe) {
    manifest_.stripe = stripe;
    write_manifest(manifest_, folder_, input_);
  }

  [[nodiscard]] ReplicaSource& source_of(int i) { return sources_[scan_of_replica(i, sources_.size())]; }

  /// Nothing when a copy showed that a digest from the manifest was not the scan's.
  std::optional<std::vector<Replica>> try_all() {
    std::vector<Replica> replicas = judge_all();
    announce(replicas);
    double const began_s = monotonic_s();
    bool const replaced_agree = copy_those(ReplicaAction::replaced, replaced_at_once_, replicas);
    bool const copied_agree = copy_those(ReplicaAction::copied, terms_.copies_at_once, replicas);
    if (std::ranges::any_of(replicas, [](Replica const& replica) { return replica.copy_s.has_value(); })) {
      copy_wall_s_ = copy_wall_s_.value_or(0.0) + monotonic_s() - began_s;
    }
    if (!replaced_agree || !copied_agree) {
      return std::nullopt;
    }
    for (Replica& replica : replicas) {
      ReplicaSource const& source = source_of(replica.number);
      if (replica.action == ReplicaAction::reused) {
        keep(replica.path.filename().string(), source);
        tell(replica, source);
      }
    }
    return replicas;
  }

  /// False when a copy showed that a digest from the manifest was not the scan's.
  bool copy_those(ReplicaAction action, int at_once, std::vector<Replica>& replicas) {
    std::vector<Replica*> meant;
    for (Replica& replica : replicas) {
      if (replica.action == action) {
        meant.push_back(&replica);
      }
    }
    bool agree = true;
    share_out(static_cast<std::size_t>(at_once), std::ssize(meant), [this, &meant, &agree](std::size_t, auto which) {
      bool const agrees = copy(*meant[static_cast<std::size_t>(which)]);
      std::scoped_lock const lock(mutex_);
      agree = agree && agrees;
    });
    return agree;
  }

  /// Takes down in the replica what it holds now.
  void tell(Replica& replica, ReplicaSource const& source) {
    replica.bytes = source.record.state.bytes;
    replica.checksum = source.record.digest;
    log_(replica.action == ReplicaAction::replaced ? Importance::notable : Importance::detail,
         fmt::format("replica '{}' {} ({}): {} bytes, {:.3f} s", replica.path.string(), to_string(replica.action),
                     replica.reason, replica.bytes, replica.seconds));
  }

  /// Before anything is copied: a file that is not ours ends the launch.
  std::vector<Replica> judge_all() {
    std::vector<Replica> replicas;
    for (int const i : numbers_) {
      double const began_s = monotonic_s();
      ReplicaSource& source = source_of(i);
      auto const name = replica_name(source.given, i);
      Verdict verdict = judge(name, source);
      Replica& replica = replicas.emplace_back();
      replica.path = input_ / name;
      replica.seconds = monotonic_s() - began_s;
      replica.action = verdict.action;
      replica.reason = std::move(verdict.reason);
      replica.state = verdict.state;
      replica.scan = source.given;
      replica.number = i;
    }
    return replicas;
  }

  void announce(std::vector<Replica> const& replicas) {
    auto const before = manifest_.replicas;
    for (Replica const& replica : replicas) {
      auto const name = replica.path.filename().string();
      if (replica.action != ReplicaAction::reused || is_listed(name)) {
        manifest_.announce(name, source_of(replica.number).record);
      }
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
    Verdict verdict = judge_content(name, path, *status, source);
    verdict.state = state_of(*status);
    if (verdict.action == ReplicaAction::reused && is_listed(name) && status->st_nlink > 1) {
      // of another replica perhaps: ranks would read one file
      return {ReplicaAction::replaced, "the file has another name as well (a hard link)"};
    }
    if (verdict.action == ReplicaAction::reused && is_listed(name) &&
        manifest_.replicas.at(name).made_with != terms_.made_with()) {
      return {ReplicaAction::replaced, "its blocks were laid out otherwise"};
    }
    return verdict;
  }

  Verdict judge_content(std::string const& name, fs::path const& path, struct stat const& status,
                        ReplicaSource& source) {
    auto const known = manifest_.replicas.find(name);
    if (known != manifest_.replicas.end() && known->second.state == state_of(status)) {
      return judge_by_record(known->second, source);
    }
    auto const bytes = static_cast<std::uint64_t>(status.st_size);
    bool const is_as_large = bytes == source.record.state.bytes;
    if (is_as_large && has_content_of_source(name, path, source)) {
      return {ReplicaAction::reused,
              is_listed(name) ? "its content is the scan's" : "its content is the scan's, though no launch made it"};
    }
    if (!manifest_.names_replica(name, state_of(status))) {
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

  Verdict judge_by_record(ReplicaRecord const& known, ReplicaSource& source) const {
    if (known.source.digest == source.digest(terms_.cancellation)) {
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
    if (digest_of(file, path, terms_.cancellation) != source.digest(terms_.cancellation)) {
      return false;
    }
    if (is_listed(name)) {
      manifest_.replicas[name].state = state;
      manifest_.replicas[name].source = source.record;
    }
    return true;
  }

  /// What is not was put there by somebody else: it may be read, but is never listed, so that nobody removes it.
  [[nodiscard]] bool is_listed(std::string const& name) const { return manifest_.replicas.contains(name); }

  void keep(std::string const& name, ReplicaSource const& source) {
    if (source.belief == Belief::content && is_listed(name)) {
      manifest_.replicas[name].source = source.record;
    }
  }

  /// False when the bytes that went through are not those that the manifest says the scan has. Several threads at once,
  /// each with another replica.
  bool copy(Replica& replica) {
    double const began_s = monotonic_s();
    auto const name = replica.path.filename().string();
    ReplicaSource& source = source_of(replica.number);
    Occupant const occupant = replica.action == ReplicaAction::copied ? Occupant::unexpected : Occupant::replaced;
    auto const copied = copy_replica(source.file, source.record.path,
                                     {folder_, name, replica.path, occupant, terms_.blocks}, terms_.cancellation);
    replica.copy_s = monotonic_s() - began_s;
    replica.seconds += *replica.copy_s;
    std::scoped_lock const lock(mutex_);
    replica.state = copied.state;
    bool const agrees = accept(copied, name, source);
    tell(replica, source);
    return agrees;
  }

  /// As copy().
  bool accept(Copied const& copied, std::string const& name, ReplicaSource& source) {
    bool const is_first = source.record.digest.empty();
    bool const agrees = is_first || copied.digest == source.record.digest;
    if (!agrees && source.belief == Belief::content) {
      throw changed_meanwhile(source.record.path);
    }
    source.record.digest = copied.digest;
    manifest_.replicas[name] = {copied.state, source.record, terms_.made_with()};
    if (is_first) {
      source.belief = Belief::content;
    } else if (!agrees) {
      source.doubt();
    }
    return agrees;
  }

  std::vector<int> numbers_;
  StagingTerms const& terms_;
  int replaced_at_once_;
  StagingLog const& log_;
  std::mutex mutex_;  ///< for all that a copy's thread touches but its own replica
  std::optional<double> copy_wall_s_;
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

StagedTarget stage_replicas(StagingRequest const& request, StagingTerms const& terms, StagingLog const& log) {
  // again, now that the lock keeps others from changing what was found
  auto const inspection = inspect_target(request);
  check_space(inspection.space, inspection.staging_dir);
  ReplicaStager stager(request, inspection, terms, log);
  if (terms.lock == LockState::held) {
    stager.sweep();
  }
  stager.lay_out();
  StagedTarget target;
  target.path = inspection.staging_dir;
  target.lock = terms.lock;
  target.replicas = stager.stage_all();
  target.copy_wall_s = stager.copy_wall_s();
  target.filesystem = read_filesystem_facts(inspection.staging_dir);
  std::string const type = striped_type(target.filesystem.type, terms.stripe);
  target.stripe = read_stripe_layout(LayoutOf::new_files, inspection.staging_dir, type);
  target.replica_stripe = read_stripe_layout(LayoutOf::file, target.replicas.front().path, type);
  target.notes = staging_notes(target.filesystem, contents_of(target.replicas));
  for (StagingNote const note : target.notes) {
    log(Importance::notable, advice(note, target.filesystem));
  }
  return target;
}

}  // namespace lauebench
