#include "synthetic/block_synthesis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "synthetic/philox.hpp"
#include "synthetic/poisson.hpp"

namespace lauebench {

namespace {

/// Integers: rounded (half away from zero) and clamped. Floating types as they are.
template <class Value>
Value to_element(double counts) {
  if constexpr (std::is_integral_v<Value>) {
    auto const lowest = static_cast<double>(std::numeric_limits<Value>::lowest());
    auto const largest = static_cast<double>(std::numeric_limits<Value>::max());
    return static_cast<Value>(std::clamp(std::round(counts), lowest, largest));
  } else {
    return static_cast<Value>(counts);
  }
}

/// Background counts of all pixels from a table: one random number of 64 bits a pixel.
template <class Value>
class BackgroundNoise {
 public:
  BackgroundNoise(double mean, std::uint64_t seed) : key_(philox_key(seed)) {
    PoissonProbabilities const counts = poisson_probabilities(mean);
    table_ = make_alias_table(counts.probability);
    for (std::size_t outcome = 0; outcome < counts.probability.size(); ++outcome) {
      outcomes_.push_back(to_element<Value>(static_cast<double>(counts.first + static_cast<std::int64_t>(outcome))));
    }
  }

  /// Neighbouring pixels 2m and 2m+1 of the image share one block of random words.
  void fill(std::uint32_t frame, std::uint32_t first_pixel, std::span<Value> values) const {
    std::size_t done = 0;
    std::uint32_t pixel = first_pixel;
    if (pixel % 2 == 1 && !values.empty()) {
      values[done++] = draw(frame, pixel++ / 2).second;
    }
    for (; done + 2 <= values.size(); done += 2, pixel += 2) {
      std::tie(values[done], values[done + 1]) = draw(frame, pixel / 2);
    }
    if (done < values.size()) {
      values[done] = draw(frame, pixel / 2).first;
    }
  }

 private:
  [[nodiscard]] std::pair<Value, Value> draw(std::uint32_t frame, std::uint32_t pair) const {
    PhiloxCounter const words = philox({pair, 0U, frame, static_cast<std::uint32_t>(RandomPurpose::background)}, key_);
    auto const pick = [this](std::uint32_t low, std::uint32_t high) {
      return outcomes_[table_((std::uint64_t{high} << 32U) | low)];
    };
    return {pick(words[0], words[1]), pick(words[2], words[3])};
  }

  PhiloxKey key_;
  AliasTable table_;
  std::vector<Value> outcomes_;
};

template <class Value>
class TypedSynthesis final : public BlockSynthesis {
 public:
  TypedSynthesis(SpotModel const& spots, std::vector<WirePosition> frame_wire, int columns, NoiseSettings const& noise)
      : spots_(spots), frame_wire_(std::move(frame_wire)), columns_(columns), noise_(noise) {
    if (noise.kind == CountNoise::poisson) {
      background_.emplace(noise.background_counts, noise.seed);
    }
  }

  std::int64_t make(ScanBlock const& block, Workspace& workspace, std::span<std::byte> bytes) const override {
    // The caller's buffer comes from an allocator and is aligned for every element type.
    std::span<Value> const values(reinterpret_cast<Value*>(bytes.data()), static_cast<std::size_t>(block.values()));
    workspace.resize(spots_.pixels().size());
    auto const frame_values = static_cast<std::size_t>(block.rows * block.columns);
    for (std::int64_t index = 0; index < block.frames; ++index) {
      auto const part = values.subspan(static_cast<std::size_t>(index) * frame_values, frame_values);
      auto const frame = static_cast<std::uint32_t>(block.first_frame + index);
      fill_background(block, frame, part);
      put_spots(block, frame, workspace, part);
    }
    if constexpr (std::is_integral_v<Value>) {
      return std::ranges::count(values, std::numeric_limits<Value>::max());
    } else {
      return 0;
    }
  }

 private:
  void fill_background(ScanBlock const& block, std::uint32_t frame, std::span<Value> values) const {
    if (!background_) {
      std::ranges::fill(values, to_element<Value>(noise_.background_counts));
      return;
    }
    auto const width = static_cast<std::size_t>(block.columns);
    for (std::int64_t row = 0; row < block.rows; ++row) {
      auto const first_pixel = static_cast<std::uint32_t>((block.first_row + row) * columns_ + block.first_column);
      background_->fill(frame, first_pixel, values.subspan(static_cast<std::size_t>(row) * width, width));
    }
  }

  void put_spots(ScanBlock const& block, std::uint32_t frame, Workspace& expected, std::span<Value> values) const {
    auto const wire = frame == 0 ? std::nullopt : std::optional(frame_wire_[frame]);
    spots_.expect(wire, block.first_row, block.rows, expected);
    auto const end = spots_.first_pixel_of_row(block.first_row + block.rows);
    for (auto index = spots_.first_pixel_of_row(block.first_row); index < end; ++index) {
      std::uint32_t const pixel = spots_.pixels()[index];
      std::int64_t const row = pixel / columns_ - block.first_row;
      std::int64_t const column = pixel % columns_ - block.first_column;
      if (column >= 0 && column < block.columns) {
        values[static_cast<std::size_t>(row * block.columns + column)] =
            to_element<Value>(counts(expected[index], frame, pixel));
      }
    }
  }

  [[nodiscard]] double counts(double expected, std::uint32_t frame, std::uint32_t pixel) const {
    if (noise_.kind == CountNoise::none) {
      return expected;
    }
    UniformStream uniform(philox_key(noise_.seed), RandomPurpose::signal, pixel, frame);
    return static_cast<double>(draw_poisson(expected, uniform));
  }

  SpotModel const& spots_;
  std::vector<WirePosition> frame_wire_;
  std::int64_t columns_;
  NoiseSettings noise_;
  std::optional<BackgroundNoise<Value>> background_;
};

}  // namespace

std::unique_ptr<BlockSynthesis> make_block_synthesis(ElementType type, SpotModel const& spots,
                                                     std::vector<WirePosition> frame_wire, int columns,
                                                     NoiseSettings const& noise) {
  auto const make = [&]<class Value>(Value /*of the type*/) -> std::unique_ptr<BlockSynthesis> {
    return std::make_unique<TypedSynthesis<Value>>(spots, std::move(frame_wire), columns, noise);
  };
  switch (type) {
    case ElementType::uint8:
      return make(std::uint8_t{});
    case ElementType::int8:
      return make(std::int8_t{});
    case ElementType::uint16:
      return make(std::uint16_t{});
    case ElementType::int16:
      return make(std::int16_t{});
    case ElementType::int32:
      return make(std::int32_t{});
    case ElementType::float32:
      return make(float{});
    case ElementType::float64:
      return make(double{});
  }
  return nullptr;
}

}  // namespace lauebench
