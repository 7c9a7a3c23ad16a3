#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

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

/// Page-aligned memory through which whole files are read: 8 MiB, large enough that a system call costs nothing beside
/// its copy.
class ReadBuffer {
 public:
  ReadBuffer();
  [[nodiscard]] std::span<std::byte> bytes() const { return {memory_.get(), size}; }

 private:
  static constexpr std::size_t size = std::size_t{8} << 20U;
  struct Free {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, Free> memory_;
};

/// Digest of a text.
[[nodiscard]] std::string digest_of(std::string_view text);

/// Digest of an open file, from its beginning. Throws Error (io_error).
[[nodiscard]] std::string digest_of(posix::Descriptor const& file, std::filesystem::path const& path);

}  // namespace lauebench
