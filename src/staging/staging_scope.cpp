#include "staging/staging_scope.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "staging/filesystem_facts.hpp"
#include "staging/own_names.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view yes = "yes";

/// A file that is there as long as this object is.
class Token {
 public:
  Token(fs::path const& folder, std::string const& session_id)
      : path_(folder / temporary_name(fmt::format("scope-{}", session_id))), folder_(posix::open_folder(folder)) {
    posix::create_file(folder_, name(), {}, path_);
    posix::sync(folder_, folder);
  }
  ~Token() { ::unlinkat(folder_.get(), name().c_str(), 0); }
  Token(Token const&) = delete;
  Token& operator=(Token const&) = delete;

  [[nodiscard]] std::string name() const { return path_.filename().string(); }

 private:
  fs::path path_;
  posix::Descriptor folder_;
};

/// The nearest folder above `file` that is there. To be asked of the system anew each time: opening a folder lets a
/// network filesystem forget what it believed about the names in it.
fs::path folder_to_look_in(fs::path const& file) {
  fs::path folder = file.parent_path();
  for (std::error_code missing; folder.has_relative_path(); folder = folder.parent_path()) {
    fs::directory_iterator const opened(folder, missing);
    if (!missing) {
      break;
    }
  }
  return folder;
}

bool is_there(fs::path const& file) {
  std::error_code unreadable;
  return fs::exists(file, unreadable);
}

/// Whether a kernel may believe for a while that a file is missing which another node has made.
bool may_be_late(FilesystemFacts const& filesystem) {
  // what is before a disk is this kernel's own, an overlayfs too
  return filesystem.reach != FilesystemReach::local && filesystem.page_cache != PageCacheRole::before_disk;
}

bool sees(fs::path const& token) {
  constexpr std::chrono::milliseconds between_looks{100};
  // a client asks its server again after 60 s at the latest, but at once after the folder was opened
  constexpr std::chrono::seconds patience{10};
  auto const deadline = std::chrono::steady_clock::now() + patience;
  bool const is_worth_waiting = may_be_late(read_filesystem_facts(folder_to_look_in(token)));
  while (!is_there(token)) {
    if (!is_worth_waiting || std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
    std::this_thread::sleep_for(between_looks);
    static_cast<void>(folder_to_look_in(token));
  }
  return true;
}

/// Nodes but the first, by whether they see the token.
struct Sightings {
  std::vector<std::string> seen_on;
  std::vector<std::string> missing_on;
};

Sightings look_for(fs::path const& token, Communicator& ranks, Nodes const& nodes) {
  auto const place_of = [&nodes](int rank) -> RankPlace const& { return nodes.ranks[static_cast<std::size_t>(rank)]; };
  RankPlace const& mine = place_of(ranks.rank());
  bool const has_seen = on_all_ranks(ranks, [&] { return mine.node > 0 && mine.local_rank == 0 && sees(token); });
  std::vector<std::string> const answers = gather_on_all(ranks, std::string(has_seen ? yes : "no"));
  Sightings sightings;
  for (int rank = 0; rank < ranks.size(); ++rank) {
    RankPlace const& place = place_of(rank);
    if (place.node > 0 && place.local_rank == 0) {
      bool const is_seen = answers[static_cast<std::size_t>(rank)] == yes;
      (is_seen ? sightings.seen_on : sightings.missing_on).push_back(place.host);
    }
  }
  return sightings;
}

}  // namespace

std::string_view to_string(ScopeSource source) {
  constexpr std::array<std::string_view, 4> names{"asked", "one-node", "token-seen", "token-not-seen"};
  return names[static_cast<std::size_t>(source)];
}

FoundScope find_staging_scope(StagingScope wish, fs::path const& staging_dir, std::string const& session_id,
                              Communicator& ranks, Nodes const& nodes) {
  if (wish != StagingScope::automatic) {
    return {wish, ScopeSource::asked};
  }
  if (nodes.count == 1) {
    return {StagingScope::shared, ScopeSource::one_node};
  }
  std::optional<Token> token;
  std::string const name = on_root(ranks, [&token, &staging_dir, &session_id] {
    token.emplace(staging_dir, session_id);
    return token->name();
  });
  Sightings const found = look_for(staging_dir / name, ranks, nodes);
  if (found.missing_on.empty()) {
    return {StagingScope::shared, ScopeSource::token_seen};
  }
  if (found.seen_on.empty()) {
    return {StagingScope::node_local, ScopeSource::token_not_seen};
  }
  // the same on every rank
  throw AgreedError(ReturnCode::bad_input,
                    fmt::format("staging folder {} is shared by some nodes only", staging_dir.string()),
                    fmt::format("what {} writes there is seen on {}, not on {}", nodes.ranks.front().host,
                                fmt::join(found.seen_on, ", "), fmt::join(found.missing_on, ", ")),
                    "choose a --staging-dir that all nodes share, or leave these nodes out");
}

}  // namespace lauebench
