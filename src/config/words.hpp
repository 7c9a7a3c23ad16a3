#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"

/// The words of the command line, the configuration file and the results file for each enum.
namespace lauebench {

template <class Enum>
struct Word {
  Enum value;
  std::string_view word;
};
template <class Enum>
Word(Enum, std::string_view) -> Word<Enum>;

/// One entry per enumerator. An enum without a specialisation has no words.
template <class Enum>
inline constexpr std::array<Word<Enum>, 0> word_table{};

template <>
inline constexpr std::array word_table<Mode>{Word{Mode::cpu, "cpu"}, Word{Mode::gpu, "gpu"}, Word{Mode::both, "both"}};

template <>
inline constexpr std::array word_table<Order>{Word{Order::grid, "grid"}, Word{Order::random, "random"}};

template <>
inline constexpr std::array word_table<InputLayout>{Word{InputLayout::replicas, "replicas"},
                                                    Word{InputLayout::shared, "shared"}};
template <>
inline constexpr std::array word_table<InputAccess>{Word{InputAccess::posix, "posix"},
                                                    Word{InputAccess::independent, "independent"},
                                                    Word{InputAccess::collective, "collective"}};

template <>
inline constexpr std::array word_table<Placement>{Word{Placement::packed, "packed"}, Word{Placement::spread, "spread"}};

template <>
inline constexpr std::array word_table<Binding>{Word{Binding::automatic, "auto"}, Word{Binding::none, "none"},
                                                Word{Binding::inherit, "inherit"}};

template <>
inline constexpr std::array word_table<GpuPinning>{
    Word{GpuPinning::round_robin, "round-robin"}, Word{GpuPinning::nearest, "nearest"}, Word{GpuPinning::none, "none"}};

template <>
inline constexpr std::array word_table<StagingScope>{Word{StagingScope::automatic, "auto"},
                                                     Word{StagingScope::shared, "shared"},
                                                     Word{StagingScope::node_local, "node-local"}};

template <>
inline constexpr std::array word_table<Sync>{Word{Sync::fsync, "fsync"}, Word{Sync::none, "none"}};

template <>
inline constexpr std::array word_table<CachePolicy>{Word{CachePolicy::warm, "warm"}, Word{CachePolicy::cold, "cold"},
                                                    Word{CachePolicy::none, "none"}};

template <>
inline constexpr std::array word_table<Verification>{
    Word{Verification::none, "none"}, Word{Verification::first, "first"}, Word{Verification::golden, "golden"}};

template <>
inline constexpr std::array word_table<BackendChoice>{
    Word{BackendChoice::automatic, "auto"}, Word{BackendChoice::openmp, "openmp"}, Word{BackendChoice::cuda, "cuda"}};

template <>
inline constexpr std::array word_table<WireEdge>{Word{WireEdge::leading, "leading"},
                                                 Word{WireEdge::trailing, "trailing"}, Word{WireEdge::both, "both"}};

template <>
inline constexpr std::array word_table<AreaRule>{Word{AreaRule::peer, "peer"},
                                                 Word{AreaRule::conserving, "conserving"}};

template <>
inline constexpr std::array word_table<Precision>{Word{Precision::double_precision, "double"},
                                                  Word{Precision::single_precision, "single"}};

template <>
inline constexpr std::array word_table<KernelLoop>{
    Word{KernelLoop::automatic, "auto"}, Word{KernelLoop::tiles, "tiles"}, Word{KernelLoop::pixels, "pixels"}};

template <>
inline constexpr std::array word_table<IoPath>{Word{IoPath::automatic, "auto"}, Word{IoPath::raw, "raw"},
                                               Word{IoPath::hdf5, "hdf5"}};

template <>
inline constexpr std::array word_table<OutputLayout>{Word{OutputLayout::per_depth, "per-depth"},
                                                     Word{OutputLayout::per_rank, "per-rank"},
                                                     Word{OutputLayout::shared, "shared"}};

template <>
inline constexpr std::array word_table<Toggle>{Word{Toggle::on, "on"}, Word{Toggle::off, "off"}};

template <>
inline constexpr std::array word_table<ElementType>{Word{ElementType::float32, to_string(ElementType::float32)},
                                                    Word{ElementType::int32, to_string(ElementType::int32)},
                                                    Word{ElementType::int16, to_string(ElementType::int16)},
                                                    Word{ElementType::uint16, to_string(ElementType::uint16)},
                                                    Word{ElementType::float64, to_string(ElementType::float64)},
                                                    Word{ElementType::int8, to_string(ElementType::int8)},
                                                    Word{ElementType::uint8, to_string(ElementType::uint8)}};

/// An enum that has words.
template <class Enum>
concept worded = !word_table<Enum>.empty();

template <worded Enum>
[[nodiscard]] constexpr std::string_view to_word(Enum value) {
  for (auto const& entry : word_table<Enum>) {
    if (entry.value == value) {
      return entry.word;
    }
  }
  return {};
}

/// Empty when `word` is none of the enum's words.
template <worded Enum>
[[nodiscard]] constexpr std::optional<Enum> from_word(std::string_view word) {
  for (auto const& entry : word_table<Enum>) {
    if (entry.word == word) {
      return entry.value;
    }
  }
  return std::nullopt;
}

/// All words of an enum, in the order of its table: "cpu|gpu|both".
template <worded Enum>
[[nodiscard]] std::string list_words() {
  std::string list;
  for (auto const& entry : word_table<Enum>) {
    list.append(list.empty() ? "" : "|").append(entry.word);
  }
  return list;
}

}  // namespace lauebench
