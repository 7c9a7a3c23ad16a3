#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bench/common_passes.hpp"
#include "cluster/mpi_communicator.hpp"
#include "cluster/start_line.hpp"

namespace lauebench {
namespace {

class MpiCommonPasses : public testing::Test {
 protected:
  std::string measure(int parallel, PreparePass const& prepare) {
    return measure_together(line_, line_.ranks().rank() < parallel ? Part::active : Part::idle, prepare, series_);
  }

  [[nodiscard]] int last_rank() const { return ranks_->size() - 1; }

  std::unique_ptr<Communicator> ranks_ = make_mpi_communicator();
  StartLine line_{*ranks_, find_nodes(*ranks_)};
  CeilingSeries series_;
};

TEST_F(MpiCommonPasses, EveryActiveRankTakesPartInEveryPass) {
  int passes = 0;
  auto const rank = static_cast<double>(ranks_->rank());
  int readied = 0;
  std::string const signal = measure(ranks_->size(), [&]() -> PerformPass {
    auto const perform = [&passes, rank] {
      ++passes;
      return std::vector<CeilingSample>{{CeilingKind::read, 10.0 + rank, 0.001, 1.0}};
    };
    return {perform, [&readied] { ++readied; }};
  });
  EXPECT_EQ(readied, most_ceiling_passes) << "before each";
  EXPECT_EQ(signal, "");
  EXPECT_EQ(passes, most_ceiling_passes);
  if (ranks_->is_root()) {
    Ceiling const& ceiling = series_.ceilings().at(CeilingKind::read);
    ASSERT_EQ(static_cast<int>(ceiling.ranks.size()), ranks_->size());
    EXPECT_EQ(ceiling.ranks.back().amount, 10.0 + last_rank()) << "in order of rank";
  }
}

TEST_F(MpiCommonPasses, IdleRanksPrepareNothing) {
  bool has_prepared = false;
  std::string const signal = measure(1, [&]() -> PerformPass {
    has_prepared = true;
    return {[] { return std::vector<CeilingSample>{{CeilingKind::read, 1.0, 0.001, 1.0}}; }};
  });
  EXPECT_EQ(signal, "");
  EXPECT_EQ(has_prepared, ranks_->is_root());
  if (ranks_->is_root()) {
    EXPECT_EQ(series_.ceilings().at(CeilingKind::read).ranks.size(), 1U);
  }
}

TEST_F(MpiCommonPasses, ErrorInAPassOfOneRankEndsAllWithIt) {
  int passes = 0;
  static_cast<void>(measure(ranks_->size(), [&]() -> PerformPass {
    return {[this, &passes]() -> std::vector<CeilingSample> {
      if (++passes == 2 && ranks_->rank() == last_rank()) {
        throw io_error("cannot write 'x'", 28, "make room");
      }
      return {{CeilingKind::write, 1.0, 0.001, 1.0}};
    }};
  }));
  EXPECT_EQ(passes, 2) << "no rank went on";
  if (ranks_->is_root()) {
    EXPECT_EQ(series_.error(),
              fmt::format("rank {}: cannot write 'x' (No space left on device): make room", last_rank()));
    EXPECT_TRUE(series_.ceilings().empty());
  }
}

TEST_F(MpiCommonPasses, ErrorInThePreparationOfOneRankEndsAllWithIt) {
  static_cast<void>(measure(ranks_->size(), [this]() -> PerformPass {
    if (ranks_->rank() == last_rank()) {
      throw std::bad_alloc();
    }
    return {[] { return std::vector<CeilingSample>{{CeilingKind::write, 1.0, 0.001, 1.0}}; }};
  }));
  if (ranks_->is_root()) {
    EXPECT_TRUE(series_.error().starts_with(fmt::format("rank {}: out of memory", last_rank()))) << series_.error();
  }
}

}  // namespace
}  // namespace lauebench
