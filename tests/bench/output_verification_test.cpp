#include "bench/output_verification.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "sample_reports.hpp"
#include "scratch_folder.hpp"

namespace lauebench {
namespace {

using test::sample_report;
using test::write_text;
using testing::ElementsAre;

constexpr char const* right = "000102030405060708090a0b0c0d0e0f";
constexpr char const* other = "100102030405060708090a0b0c0d0e0f";

std::vector<std::filesystem::path> const one_scan{"/data/scan.h5"};
std::vector<std::filesystem::path> const two_scans{"/data/a.h5", "/data/b.h5"};

RankReport report_with(std::string digest, int rank = 0) {
  RankReport report = sample_report(rank);
  report.digest = std::move(digest);
  return report;
}

std::vector<ReturnCode> codes_after(OutputVerification& verification, std::vector<RankReport> reports) {
  verification.check(reports, Precision::double_precision);
  std::vector<ReturnCode> codes;
  codes.reserve(reports.size());
  for (RankReport const& report : reports) {
    codes.push_back(report.outcome.code);
  }
  return codes;
}

TEST(OutputVerification, TheFirstRunIsWhatLaterOnesAreHeldAgainst) {
  OutputVerification verification(one_scan, {});
  EXPECT_EQ(codes_after(verification, {report_with(right), report_with(right)}),
            (std::vector{ReturnCode::ok, ReturnCode::ok}));
  EXPECT_EQ(codes_after(verification, {report_with(right), report_with(other)}),
            (std::vector{ReturnCode::ok, ReturnCode::wrong_result}));
}

TEST(OutputVerification, ImagesThatAreGoneOnWithAreTheFirstOfTheirKind) {
  OutputVerification verification(one_scan, {});
  RankOutcome const made = sample_report(0).outcome;
  std::vector const earlier{
      DigestedImages{0, made.backend, made.architecture, made.output_type, Precision::double_precision, right}};
  verification.trust(earlier);
  EXPECT_EQ(codes_after(verification, {report_with(other), report_with(other)}),
            (std::vector{ReturnCode::wrong_result, ReturnCode::wrong_result}));
  EXPECT_EQ(codes_after(verification, {report_with(right)}), (std::vector{ReturnCode::ok}));
}

TEST(OutputVerification, ScanIsThatOfTheReplicaWhateverRankReadsIt) {
  OutputVerification verification(two_scans, {});
  RankReport elsewhere = report_with(other, 4);
  elsewhere.replica = 1;
  EXPECT_EQ(codes_after(verification, {report_with(right), elsewhere}), (std::vector{ReturnCode::ok, ReturnCode::ok}));
}

TEST(OutputVerification, MostRanksOfTheFirstRunAreRight) {
  OutputVerification verification(one_scan, {});
  EXPECT_EQ(codes_after(verification, {report_with(other), report_with(right), report_with(right)}),
            (std::vector{ReturnCode::wrong_result, ReturnCode::ok, ReturnCode::ok}));
  EXPECT_EQ(codes_after(verification, {report_with(other), report_with(other), report_with(right)}),
            (std::vector{ReturnCode::wrong_result, ReturnCode::wrong_result, ReturnCode::ok}));
}

TEST(OutputVerification, RanksThatDisagreeEvenlyAreNotTrusted) {
  OutputVerification verification(one_scan, {});
  EXPECT_EQ(codes_after(verification, {report_with(other), report_with(right)}),
            (std::vector{ReturnCode::wrong_result, ReturnCode::wrong_result}));
  EXPECT_EQ(codes_after(verification, {report_with(right), report_with(right)}),
            (std::vector{ReturnCode::ok, ReturnCode::ok}))
      << "the next run tells";
}

TEST(OutputVerification, SaysWhatIsWrongAndWhere) {
  OutputVerification verification(one_scan, {});
  std::vector<RankReport> reports{report_with(right), report_with(other), report_with(right)};
  verification.check(reports, Precision::double_precision);
  EXPECT_EQ(
      reports[1].outcome.error,
      "depth images are wrong (their digest is 100102030405060708090a0b0c0d0e0f, that of most ranks in the "
      "first run with openmp x86-64-v3, double precision, uint16 is 000102030405060708090a0b0c0d0e0f): "
      "look for failing "
      "memory, processors or disks on node1; where all later runs have this digest, the first one was wrong: start "
      "again without --resume");
}

TEST(OutputVerification, OtherArithmeticHasItsOwnFirstRun) {
  OutputVerification verification(one_scan, {});
  RankReport other_level = report_with(other);
  other_level.outcome.architecture = "x86-64-v4";
  RankReport other_type = report_with(other);
  other_type.outcome.output_type = "float32";
  RankReport other_backend = report_with(other);
  other_backend.outcome.backend = "cuda";
  EXPECT_EQ(codes_after(verification, {report_with(right), other_level, other_type, other_backend}),
            std::vector(4, ReturnCode::ok));
}

TEST(OutputVerification, OtherPrecisionHasItsOwnFirstRun) {
  OutputVerification verification(one_scan, {});
  EXPECT_EQ(codes_after(verification, {report_with(right)}), std::vector{ReturnCode::ok});
  std::vector<RankReport> reports{report_with(other)};
  verification.check(reports, Precision::single_precision);
  EXPECT_EQ(reports[0].outcome.code, ReturnCode::ok);
  reports[0].digest = right;
  verification.check(reports, Precision::single_precision);
  EXPECT_EQ(reports[0].outcome.code, ReturnCode::wrong_result);
}

TEST(OutputVerification, AGoldenDigestHoldsForAllArithmetic) {
  OutputVerification verification(one_scan, {right});
  RankReport other_level = report_with(other);
  other_level.outcome.architecture = "x86-64-v4";
  EXPECT_EQ(codes_after(verification, {report_with(right), other_level}),
            (std::vector{ReturnCode::ok, ReturnCode::wrong_result}));
}

TEST(OutputVerification, FailedAndUnverifiedReportsStayAsTheyAre) {
  OutputVerification verification(one_scan, {});
  RankReport failed = report_with(other);
  failed.outcome.code = ReturnCode::io_error;
  EXPECT_EQ(codes_after(verification, {failed, report_with(""), report_with(right)}),
            (std::vector{ReturnCode::io_error, ReturnCode::ok, ReturnCode::ok}));
}

TEST(OutputVerification, EachScanHasItsOwnFirstRun) {
  OutputVerification verification(two_scans, {});
  EXPECT_EQ(codes_after(verification, {report_with(right, 0)}), std::vector{ReturnCode::ok});
  EXPECT_EQ(codes_after(verification, {report_with(right, 0), report_with(other, 1), report_with(right, 2)}),
            std::vector(3, ReturnCode::ok));
  std::vector<RankReport> swapped{report_with(other, 0), report_with(other, 1), report_with(right, 3)};
  EXPECT_EQ(codes_after(verification, swapped),
            (std::vector{ReturnCode::wrong_result, ReturnCode::ok, ReturnCode::wrong_result}));
  verification.check(swapped, Precision::double_precision);
  EXPECT_NE(swapped[2].outcome.error.find(
                "in the first run with openmp x86-64-v3, double precision, uint16 of /data/b.h5 is"),
            std::string::npos)
      << swapped[2].outcome.error;
}

TEST(OutputVerification, EachScanHasItsOwnGoldenDigest) {
  OutputVerification verification(two_scans, {right, other});
  EXPECT_EQ(codes_after(verification, {report_with(right, 0), report_with(other, 1), report_with(other, 2)}),
            (std::vector{ReturnCode::ok, ReturnCode::ok, ReturnCode::wrong_result}));
}

TEST(GoldenDigest, IsTheFirstWordOfTheFile) {
  test::ScratchFolder const folder;
  write_text(folder / "golden", std::string(right) + "  leading_u16\nmore\n");
  EXPECT_THAT(read_golden_digests(folder / "golden", 1), ElementsAre(right));
  write_text(folder / "golden", right);
  EXPECT_THAT(read_golden_digests(folder / "golden", 1), ElementsAre(right));
}

TEST(GoldenDigest, OfSeveralScansAreALineEach) {
  test::ScratchFolder const folder;
  write_text(folder / "golden", fmt::format("{}  a\n{}\nmore\n", right, other));
  EXPECT_THAT(read_golden_digests(folder / "golden", 2), ElementsAre(right, other));
  for (std::size_t const scans : {1, 3}) {
    EXPECT_THROW(static_cast<void>(read_golden_digests(folder / "golden", scans)), Error) << scans;
  }
}

TEST(GoldenDigest, OfAnotherFormIsTheUsersMistake) {
  test::ScratchFolder const folder;
  for (char const* const text : {"", "0001", "000102030405060708090a0b0c0d0e0f0", " 000102030405060708090a0b0c0d0e0f",
                                 "000102030405060708090a0b0c0d0e0g", "000102030405060708090A0B0C0D0E0F"}) {
    write_text(folder / "golden", text);
    EXPECT_THROW(static_cast<void>(read_golden_digests(folder / "golden", 1)), Error) << text;
  }
  EXPECT_THROW(static_cast<void>(read_golden_digests(folder / "absent", 1)), Error);
  EXPECT_THROW(static_cast<void>(read_golden_digests("/dev/zero", 1)), Error) << "it has no end";
}

}  // namespace
}  // namespace lauebench
