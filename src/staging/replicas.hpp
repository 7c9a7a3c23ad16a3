#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/cancellation.hpp"
#include "staging/file_lock.hpp"
#include "staging/filesystem_facts.hpp"
#include "staging/replica_manifest.hpp"
#include "staging/staging_notes.hpp"
#include "staging/staging_scope.hpp"
#include "staging/stripe_layout.hpp"
#include "staging/target_inspection.hpp"

namespace lauebench {

enum class ReplicaAction : std::uint8_t { copied, reused, replaced };

/// "copied", "reused", "replaced"
[[nodiscard]] std::string_view to_string(ReplicaAction action);

/// A copy of a scan that one rank reads.
struct Replica {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::string checksum;  ///< XXH3-128 of the content, 32 hexadecimal digits; the source's own
  double seconds = 0.0;  ///< of checking and copying
  ReplicaAction action = ReplicaAction::copied;
  std::string reason;  ///< "there was none", "its content is the scan's", "the scan has changed since it was made"
  std::filesystem::path scan = {};    ///< that it is a copy of, as request.sources has it
  std::optional<double> copy_s = {};  ///< of copying alone, until it was on disk; empty: it was reused
  int number = 0;                     ///< i of its name
  int node = 0;                       ///< by Nodes' number, whose rank made sure of it
  std::string host = {};              ///< its name
  FileState state = {};               ///< in which it has that content
};

struct StagedTarget {
  std::filesystem::path path;    ///< absolute
  FilesystemFacts filesystem;    ///< after staging
  StripeReading stripe;          ///< of what is written into the folder
  StripeReading replica_stripe;  ///< of the first replica
  std::vector<Replica> replicas;
  std::optional<double> copy_wall_s = {};  ///< from the first copy's begin to the last one's end; empty: none was made
  std::vector<StagingNote> notes;
  FoundScope scope;                  ///< as the launch found it
  LockState lock = LockState::held;  ///< of the folder
};

enum class Importance : std::uint8_t {
  detail,
  notable,  ///< a file that was there is replaced, or a note
};

/// Takes one line at a time, from one thread at a time.
using StagingLog = std::function<void(Importance, std::string_view)>;

/// How replicas are to be made.
struct StagingTerms {
  LockState lock = LockState::held;  ///< whether the staging folder is this launch's alone
  int copies_at_once = 1;
  ReplicaBlocks blocks = ReplicaBlocks::own;
  std::string stripe = {};         ///< --stripe-input
  Cancellation cancellation = {};  ///< looked at between pieces of files

  /// What decides how a replica's blocks lie; one that was made otherwise is made anew.
  [[nodiscard]] std::string made_with() const { return (blocks == ReplicaBlocks::shared ? "reflink " : "") + stripe; }
};

/// Makes sure that `<staging>/input/<basename>_<i>.h5` are copies of their scans (scan_of_replica) as these are now, i
/// being in request.replicas. Each is copied under a temporary name, synced to disk and renamed, so that what has its
/// final name is whole. A replica is kept only when its content is the scan's: known from the manifest
/// (`.laue-bench-manifest.json`: sizes, times, digests) as long as size, times and inode of both files are what they
/// were, else read and compared. One with other content is replaced only if the manifest names it: names are written
/// there before anything is copied to them, and those of files that are merely found to be copies never. Other files in
/// the folder are left alone, but for half-made copies of ours that a killed launch left behind; those are removed, and
/// only while this launch holds the lock, as they may be another launch's otherwise. The folder exists
/// (make_staging_folder). Throws Error: bad_input as inspect_target and check_space do, when a symbolic link, another
/// user's file or one that is no replica stands where a replica belongs (before any is copied), or a scan changes
/// meanwhile; what the cancellation says; io_error otherwise. What was made until then stays and is known to the next
/// launch.
[[nodiscard]] StagedTarget stage_replicas(StagingRequest const& request, StagingTerms const& terms,
                                          StagingLog const& log);

}  // namespace lauebench
