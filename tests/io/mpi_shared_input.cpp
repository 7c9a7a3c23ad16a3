#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/mpi_communicator.hpp"
#include "io/scan_reader.hpp"
#include "io/shared_input.hpp"
#include "support/scan_fixture.hpp"
#include "support/shared_folder.hpp"

namespace lauebench {
namespace {

using test::ScanSpec;
using test::SharedFolder;

struct Way {
  std::string name;
  InputAccess access = InputAccess::collective;
  ScanSpec scan;
  ReadPath path = ReadPath::mpi_collective;
};

class MpiSharedInput : public testing::TestWithParam<Way> {
 protected:
  [[nodiscard]] std::unique_ptr<SharedInput> share() {
    std::vector<MpiHint> const hints{{"cb_nodes", "1"}};
    return std::make_unique<SharedInput>(ranks_->part(Seat{ranks_->rank()}), GetParam().access, hints);
  }

  [[nodiscard]] ScanReader open(SharedInput& shared) const {
    ReadOptions options;
    options.access = GetParam().access;
    options.shared = &shared;
    return ScanReader(folder_ / "scan.h5", options);
  }

  [[nodiscard]] static std::vector<std::byte> rows_of(ScanReader& scan, int first_row, int rows) {
    std::vector<std::byte> frames(static_cast<std::size_t>(scan.info().row_bytes() * scan.info().images() * rows));
    scan.read_rows(first_row, rows, frames);
    return frames;
  }

  std::unique_ptr<Communicator> ranks_ = make_mpi_communicator();
  SharedFolder folder_{*ranks_, GetParam().scan};
};

TEST_P(MpiSharedInput, GivesEachRankTheFrames) {
  auto const shared = share();
  ScanReader scan = open(*shared);
  EXPECT_FALSE(shared->hints().empty());
  ScanSpec const& spec = GetParam().scan;
  std::vector<std::byte> first(static_cast<std::size_t>(scan.info().image_bytes()));
  scan.read_first_image(first);
  auto whole = test::expected_rows(spec, 1, 0, spec.rows);
  whole.resize(first.size());
  EXPECT_EQ(first, whole);
  for (int row = 0; row < spec.rows; row += 4) {
    int const rows = std::min(4, spec.rows - row);
    EXPECT_EQ(rows_of(scan, row, rows), test::expected_rows(spec, 1, row, rows)) << "from row " << row;
  }
  EXPECT_EQ(scan.path(), GetParam().path);
  shared->end_reading();
  scan.close();
  shared->close();
}

TEST_P(MpiSharedInput, OfARankThatGivesUpFailsWhoReadsTogether) {
  int const failing = ranks_->size() - 1;
  auto const shared = share();
  ScanReader scan = open(*shared);
  static_cast<void>(rows_of(scan, 0, 2));
  if (ranks_->rank() == failing) {
    shared->give_up({ReturnCode::cancelled, "enough", "it took long", "wait"});
  } else if (GetParam().access == InputAccess::collective) {
    try {
      static_cast<void>(rows_of(scan, 2, 2));
      FAIL() << "rank " << failing << " has given up";
    } catch (AgreedError const& error) {
      EXPECT_EQ(error.code(), ReturnCode::cancelled);
    }
  } else {
    EXPECT_EQ(rows_of(scan, 2, 2), test::expected_rows(GetParam().scan, 1, 2, 2)) << "it reads by itself";
  }
  shared->close();
}

TEST_P(MpiSharedInput, HasStripesThatEveryRankCanDoWith) {
  auto const shared = share();
  ScanReader const scan = open(*shared);
  int const own = 20 - ranks_->rank();
  bool const is_together = GetParam().access == InputAccess::collective;
  EXPECT_EQ(shared->agree_on_stripe_rows(own), is_together ? 21 - ranks_->size() : own);
  shared->end_reading();
  shared->close();
}

ScanSpec contiguous() { return {}; }

ScanSpec compressed() {
  ScanSpec scan;
  scan.chunk = {2, 3, 5};
  scan.gzip_level = 1;
  return scan;
}

ScanSpec converted() {
  ScanSpec scan;
  scan.byte_order = test::ByteOrder::big_endian;
  return scan;
}

INSTANTIATE_TEST_SUITE_P(
    Ways, MpiSharedInput,
    testing::Values(Way{"together", InputAccess::collective, contiguous(), ReadPath::mpi_collective},
                    Way{"alone", InputAccess::independent, contiguous(), ReadPath::mpi_independent},
                    Way{"gzip", InputAccess::collective, compressed(), ReadPath::mpi_collective},
                    Way{"gzip_alone", InputAccess::independent, compressed(), ReadPath::mpi_independent},
                    Way{"converted", InputAccess::collective, converted(), ReadPath::mpi_independent}),
    [](auto const& tested) { return tested.param.name; });

}  // namespace
}  // namespace lauebench
