#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "config/cancellation.hpp"
#include "staging/posix_file.hpp"

struct XXH3_state_s;

namespace lauebench {

/// XXH3-128 of a file's content, fed piece by piece.
class ContentDigest {
 public:
  ContentDigest();
  ~ContentDigest();
  ContentDigest(ContentDigest const&) = delete;
  ContentDigest& operator=(ContentDigest const&) = delete;

  void add(std::span<std::byte const> bytes);

  /// 32 hexadecimal digits, the most significant first, as xxhsum -H2 prints them.
  [[nodiscard]] std::string hex() const;

 private:
  XXH3_state_s* state_;
};

/// Digest of a text.
[[nodiscard]] std::string digest_of(std::string_view text);

/// Digest of an open file, from its beginning. Throws Error as read_through does.
[[nodiscard]] std::string digest_of(posix::Descriptor const& file, std::filesystem::path const& path,
                                    Cancellation const& cancellation = {});

}  // namespace lauebench
