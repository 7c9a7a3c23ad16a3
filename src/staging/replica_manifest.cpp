#include "staging/replica_manifest.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "staging/own_names.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

constexpr int manifest_version = 1;
constexpr char const* stripe_key = "stripe";
constexpr char const* made_with_key = "made_with";
constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t coarsest_timestamp_ns = 2 * ns_per_s;
/// Some 10,000 replicas; whatever is larger is not ours.
constexpr std::size_t largest_manifest = std::size_t{16} << 20U;

Json to_json(FileState const& state) {
  return {{"bytes", state.bytes}, {"mtime_ns", state.mtime_ns}, {"ctime_ns", state.ctime_ns}, {"inode", state.inode}};
}

FileState state_from(Json const& json) {
  return {json.at("bytes").get<std::uint64_t>(), json.at("mtime_ns").get<std::int64_t>(),
          json.at("ctime_ns").get<std::int64_t>(), json.at("inode").get<std::uint64_t>()};
}

Json to_json(SourceRecord const& source) {
  Json json{{"path", source.path}, {"looked_at_ns", source.looked_at_ns}, {"xxh3_128", source.digest}};
  json.update(to_json(source.state));
  return json;
}

SourceRecord source_from(Json const& json) {
  return {json.at("path").get<std::string>(), state_from(json), json.at("looked_at_ns").get<std::int64_t>(),
          json.at("xxh3_128").get<std::string>()};
}

ReplicaManifest parse(std::string const& text) {
  ReplicaManifest manifest;
  auto const json = Json::parse(text);
  if (json.at("version").get<int>() != manifest_version) {
    return manifest;
  }
  for (auto const& [name, replica] : json.at("replicas").items()) {
    manifest.replicas[name] = {state_from(replica), source_from(replica.at("source")),
                               replica.value(made_with_key, "")};
  }
  manifest.stripe = json.value(stripe_key, "");
  return manifest;
}

std::string to_text(ReplicaManifest const& manifest) {
  Json replicas = Json::object();
  for (auto const& [name, replica] : manifest.replicas) {
    replicas[name] = to_json(replica.state);
    replicas[name]["source"] = to_json(replica.source);
    replicas[name][made_with_key] = replica.made_with;
  }
  Json const json{{"version", manifest_version}, {stripe_key, manifest.stripe}, {"replicas", replicas}};
  // a path may hold any bytes; what is no UTF-8 does not come back as it was and is not recognised, which costs a look
  // at the content
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::int64_t nanoseconds(timespec const& time) { return std::int64_t{time.tv_sec} * ns_per_s + time.tv_nsec; }

}  // namespace

FileState state_of(struct stat const& status) {
  return {static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim), nanoseconds(status.st_ctim),
          status.st_ino};
}

FileState state_of(std::filesystem::path const& file) {
  posix::Descriptor const opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  return opened.valid() && ::fstat(opened.get(), &status) == 0 ? state_of(status) : FileState{};
}

std::string ReplicaManifest::known_digest(std::string const& path, FileState const& state) const {
  for (auto const& [name, replica] : replicas) {
    auto const& source = replica.source;
    auto const changed_ns = std::max(state.mtime_ns, state.ctime_ns);
    // in this order whatever stands in the file cannot overflow
    bool const was_at_rest =
        source.looked_at_ns >= coarsest_timestamp_ns && changed_ns <= source.looked_at_ns - coarsest_timestamp_ns;
    if (source.path == path && source.state == state && was_at_rest && !source.digest.empty()) {
      return source.digest;
    }
  }
  return {};
}

void ReplicaManifest::announce(std::string const& name, SourceRecord const& source) {
  SourceRecord unread = source;
  unread.digest.clear();
  auto& record = replicas[name];
  if (record.state == FileState{}) {
    record.source = std::move(unread);
  }
}

bool ReplicaManifest::names_replica(std::string const& name, FileState const& present) const {
  auto const known = replicas.find(name);
  if (known == replicas.end()) {
    return false;
  }
  FileState const& state = known->second.state;
  SourceRecord const& source = known->second.source;
  bool const is_same_file = state != FileState{} && state.inode == present.inode;
  return is_same_file || state.bytes == present.bytes || source.state.bytes == present.bytes;
}

ReplicaManifest read_manifest(posix::Descriptor const& input, std::filesystem::path const& input_path) {
  auto const path = input_path / manifest_name;
  posix::Descriptor const file(::openat(input.get(), manifest_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid() && errno == ENOENT) {
    return {};
  }
  if (!file.valid()) {
    throw posix::system_error(fmt::format("cannot read manifest '{}'", path.string()), errno,
                              "remove it, or choose another --staging-dir");
  }
  auto const status = posix::look_at(file, path);
  if (!S_ISREG(status.st_mode) || !posix::is_ours(status)) {
    throw bad_input(fmt::format("cannot use manifest '{}'", path.string()), "it is not a file of this user",
                    "remove it, or choose another --staging-dir");
  }
  try {
    return parse(posix::read_text(file, largest_manifest, path));
  } catch (Json::exception const&) {
    return {};
  }
}

void write_manifest(ReplicaManifest const& manifest, posix::Descriptor const& input,
                    std::filesystem::path const& input_path) {
  auto const path = input_path / manifest_name;
  auto const temporary = temporary_name(manifest_name);
  posix::create_file(input, temporary, to_text(manifest), input_path / temporary);
  if (::renameat(input.get(), temporary.c_str(), input.get(), manifest_name) != 0) {
    int const error_number = errno;
    ::unlinkat(input.get(), temporary.c_str(), 0);
    throw posix::system_error(fmt::format("cannot write manifest '{}'", path.string()), error_number,
                              "check the folder's permissions");
  }
  posix::sync(input, input_path);
}

}  // namespace lauebench
