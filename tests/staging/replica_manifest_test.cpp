#include "staging/replica_manifest.hpp"

#include <gtest/gtest.h>

#include "staging/file_helper.hpp"
#include "staging/own_names.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

constexpr std::int64_t s = 1'000'000'000;

ReplicaManifest sample() {
  ReplicaManifest manifest;
  manifest.replicas["scan_0.h5"] = {{10, 5 * s, 6 * s, 42},
                                    {"/data/scan.h5", {10, 1 * s, 2 * s, 7}, 100 * s, "digest a"}};
  manifest.replicas["scan_1.h5"] = {{11, 5 * s, 6 * s, 43},
                                    {"/data/\"other\".h5", {11, 3 * s, 99 * s, 8}, 100 * s, "digest b"}};
  return manifest;
}

TEST(ReplicaManifest, ComesBackAsItWasWritten) {
  test::TemporaryFolder const folder;
  auto const input = posix::open_folder(folder.path());
  write_manifest(sample(), input, folder.path());
  EXPECT_EQ(read_manifest(input, folder.path()).replicas, sample().replicas);
  write_manifest({}, input, folder.path());
  EXPECT_TRUE(read_manifest(input, folder.path()).replicas.empty());
  EXPECT_EQ(test::snapshot(folder.path()).size(), 1U) << "nothing temporary stays";
}

TEST(ReplicaManifest, ThatIsMissingOrNotOursToUnderstandIsEmpty) {
  test::TemporaryFolder const folder;
  auto const input = posix::open_folder(folder.path());
  EXPECT_TRUE(read_manifest(input, folder.path()).replicas.empty());
  for (auto const* const text :
       {"", "{", "[]", R"({"version": 2})", R"({"version": 1, "replicas": {"a": {}}})", R"({"version": "1"})"}) {
    test::write(folder / manifest_name, text);
    EXPECT_TRUE(read_manifest(input, folder.path()).replicas.empty()) << text;
  }
}

TEST(ReplicaManifest, ThatIsALinkIsRefused) {
  test::TemporaryFolder const folder;
  test::write(folder / "elsewhere", "{}");
  std::filesystem::create_symlink(folder / "elsewhere", folder / manifest_name);
  auto const input = posix::open_folder(folder.path());
  test::expect_error([&] { static_cast<void>(read_manifest(input, folder.path())); }, ReturnCode::bad_input,
                     {manifest_name});
}

TEST(ReplicaManifest, BelievesARecordOnlyWhileNothingChangedAndTheFileWasAtRest) {
  auto const manifest = sample();
  FileState const state{10, 1 * s, 2 * s, 7};
  EXPECT_EQ(manifest.known_digest("/data/scan.h5", state), "digest a");
  EXPECT_EQ(manifest.known_digest("/data/scan2.h5", state), "");
  EXPECT_EQ(manifest.known_digest("/data/scan.h5", {11, 1 * s, 2 * s, 7}), "");
  EXPECT_EQ(manifest.known_digest("/data/scan.h5", {10, 1 * s + 1, 2 * s, 7}), "");
  EXPECT_EQ(manifest.known_digest("/data/scan.h5", {10, 1 * s, 2 * s + 1, 7}), "");
  EXPECT_EQ(manifest.known_digest("/data/scan.h5", {10, 1 * s, 2 * s, 8}), "");
  EXPECT_EQ(manifest.known_digest("/data/scan.h5", {10, -1 * s, 2 * s, 7}), "");
  // changed 1 s before it was read: it may have changed again within the same tick
  EXPECT_EQ(manifest.known_digest("/data/\"other\".h5", {11, 3 * s, 99 * s, 8}), "");
}

}  // namespace
}  // namespace lauebench
