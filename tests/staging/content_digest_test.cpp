#include "staging/content_digest.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "staging/file_helper.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

std::span<std::byte const> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(ContentDigest, IsTheDocumentedXxh3) {
  ContentDigest const nothing;
  // XXH3-128 of the empty input with seed 0, from xxHash's own sanity checks
  EXPECT_EQ(nothing.hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(ContentDigest, DoesNotDependOnThePieces) {
  std::string const text(100'000, 'a');
  ContentDigest whole;
  whole.add(bytes_of(text));
  ContentDigest pieces;
  for (std::size_t i = 0; i < text.size(); i += 777) {
    pieces.add(bytes_of(text).subspan(i, std::min<std::size_t>(777, text.size() - i)));
  }
  EXPECT_EQ(pieces.hex(), whole.hex());
}

TEST(DigestOf, ATextIsThatOfItsBytes) {
  ContentDigest digest;
  digest.add(bytes_of("text"));
  EXPECT_EQ(digest_of("text"), digest.hex());
}

TEST(DigestOf, ReadsAFileFromItsBeginning) {
  test::TemporaryFolder const folder;
  std::string text;
  text.resize(9'000'000, 'b');
  test::write(folder / "file", text);
  posix::Descriptor const file(open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC));
  ContentDigest expected;
  expected.add(bytes_of(text));
  EXPECT_EQ(digest_of(file, folder / "file"), expected.hex());
  EXPECT_EQ(digest_of(file, folder / "file"), expected.hex());
}

}  // namespace
}  // namespace lauebench
