#include "staging/content_digest.hpp"

#include <new>

#include <fmt/format.h>
#include <xxhash.h>

#include "staging/read_through.hpp"

namespace lauebench {

ContentDigest::ContentDigest() : state_(XXH3_createState()) {
  if (state_ == nullptr) {
    throw std::bad_alloc();
  }
  XXH3_128bits_reset(state_);
}

ContentDigest::~ContentDigest() { XXH3_freeState(state_); }

void ContentDigest::add(std::span<std::byte const> bytes) { XXH3_128bits_update(state_, bytes.data(), bytes.size()); }

std::string ContentDigest::hex() const {
  XXH128_hash_t const hash = XXH3_128bits_digest(state_);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string digest_of(std::string_view text) {
  ContentDigest digest;
  digest.add(std::as_bytes(std::span(text)));
  return digest.hex();
}

std::string digest_of(posix::Descriptor const& file, std::filesystem::path const& path,
                      Cancellation const& cancellation) {
  ContentDigest digest;
  read_through(file, path, cancellation, [&digest](std::span<std::byte const> piece) { digest.add(piece); });
  return digest.hex();
}

}  // namespace lauebench
