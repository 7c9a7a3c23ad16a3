#include "staging/content_digest.hpp"

#include <new>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

namespace lauebench {
namespace {

constexpr std::size_t page = 4096;

}  // namespace

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

ReadBuffer::ReadBuffer() : memory_(static_cast<std::byte*>(::operator new(size, std::align_val_t{page}))) {}

void ReadBuffer::Free::operator()(std::byte* memory) const { ::operator delete(memory, std::align_val_t{page}); }

std::string digest_of(std::string_view text) {
  ContentDigest digest;
  digest.add(std::as_bytes(std::span(text)));
  return digest.hex();
}

std::string digest_of(posix::Descriptor const& file, std::filesystem::path const& path) {
  ::lseek(file.get(), 0, SEEK_SET);
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  ReadBuffer const buffer;
  ContentDigest digest;
  while (std::size_t const got = posix::read_some(file, buffer.bytes(), path)) {
    digest.add(buffer.bytes().first(got));
  }
  return digest.hex();
}

}  // namespace lauebench
