#include "staging/own_names.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace lauebench {
namespace {

TEST(ReplicaName, IsBasenameAndNumber) {
  EXPECT_EQ(replica_name("/data/scan.h5", 0), "scan_0.h5");
  EXPECT_EQ(replica_name("scan.with.dots.hdf5", 12), "scan.with.dots_12.h5");
  EXPECT_EQ(replica_name("no extension", 1), "no extension_1.h5");
  EXPECT_EQ(replica_name("Gr\xc3\xb6\xc3\x9f"
                         "e.h5",
                         1),
            "Gr\xc3\xb6\xc3\x9f"
            "e_1.h5");
}

TEST(ReplicaName, OfOddNamesIsVisibleValidAndTheirOwn) {
  for (std::string const odd : {".h5", "line\nbreak.h5", "\xff\xfe.h5", "cut\xc3.h5", "", "x\x7f.h5"}) {
    auto const name = replica_name(odd, 3);
    EXPECT_FALSE(name.starts_with('.')) << odd;
    EXPECT_TRUE(name.ends_with("_3.h5")) << odd;
    EXPECT_LE(temporary_name(name).size(), 255U) << odd;
    EXPECT_EQ(name.find_first_of("\n\xff\xfe"), std::string::npos) << odd;
  }
  EXPECT_NE(replica_name(std::string(250, 'x') + "a", 0), replica_name(std::string(250, 'x') + "b", 0));
  EXPECT_NE(replica_name("a\nb.h5", 0), replica_name("a_b.h5", 0));
}

TEST(ReplicaName, IsKnownAgain) {
  for (auto const* const name : {"scan.h5", "a_b.h5", ".h5", "", "line\nbreak.h5"}) {
    EXPECT_TRUE(is_replica_name(replica_name(name, 12))) << name;
  }
  for (auto const* const name :
       {"scan.h5", "scan_.h5", "scan_1.hdf5", "scan_1a.h5", ".scan_1.h5", "../scan_1.h5", ""}) {
    EXPECT_FALSE(is_replica_name(name)) << name;
  }
}

TEST(TemporaryName, IsKnownAgain) {
  EXPECT_EQ(temporary_name("scan_0.h5"), ".scan_0.h5.laue-bench-tmp-" + std::to_string(getpid()));
  for (auto const* const name : {"scan_0.h5", ".x", "run_1"}) {
    EXPECT_TRUE(is_temporary_name(temporary_name(name))) << name;
  }
  for (auto const* const name :
       {"scan_0.h5", ".laue-bench-tmp-1", ".x.laue-bench-tmp-", ".x.laue-bench-tmp-1a", "x.laue-bench-tmp-1", ""}) {
    EXPECT_FALSE(is_temporary_name(name)) << name;
  }
}

TEST(OutputNames, AreThoseThatWeWrite) {
  for (auto const* const name : {"out0.h5", "out.h5", "out.h5.part", "out123.h5", "out7.h5.part", "outsummary.txt",
                                 "outsummary.txt.part", "ceiling"}) {
    EXPECT_TRUE(is_output_file_name(name)) << name;
  }
  for (auto const* const name :
       {"out..h5", "outx.h5", "out1.h5.part.part", "out1.hdf5", "summary.txt", ".part", "xout1.h5", ""}) {
    EXPECT_FALSE(is_output_file_name(name)) << name;
  }
  EXPECT_TRUE(is_run_folder_name("run_20250812T150102Z-3"));
  EXPECT_FALSE(is_run_folder_name("run_"));
  EXPECT_FALSE(is_run_folder_name("running"));
  EXPECT_TRUE(is_rank_folder_name("proc_10"));
  EXPECT_FALSE(is_rank_folder_name("proc_"));
  EXPECT_FALSE(is_rank_folder_name("proc_1a"));
}

}  // namespace
}  // namespace lauebench
