#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/option_value.hpp"
#include "config/words.hpp"
#include "kokkos_kernels/types.hpp"

/// What a JSON file may override of a benchmark.
namespace lauebench::kernel_bench {

struct Benchmark;

/// What a benchmark runs on: the program itself or modules of a kind.
enum class Place : std::uint8_t { host, openmp, cuda };

struct ProblemSize {
  int rows = 1;
  int columns = 1;
  int images = 1;  ///< wire steps
  int depths = 1;

  [[nodiscard]] std::size_t pixels() const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  }
  [[nodiscard]] double pixel_steps() const { return static_cast<double>(pixels()) * images; }
  friend auto operator<=>(ProblemSize const&, ProblemSize const&) = default;
};

/// "256x256x201x101": rows, columns, images, depths.
[[nodiscard]] std::string to_text(ProblemSize const& size);

/// Largest errors that pass, see Accuracy; empty: not looked at.
struct Tolerance {
  std::optional<double> rmse = {};
  std::optional<double> max_error = {};
  std::optional<double> relative = {};
};

struct Tolerances {
  Tolerance for_double = {};
  Tolerance for_single = {};

  [[nodiscard]] Tolerance const& of(Precision precision) const {
    return precision == Precision::double_precision ? for_double : for_single;
  }
};

struct Settings {
  int iterations = 10;
  int warmup = 1;
  int threads = 1;
  std::vector<Place> backends{Place::host};
  std::vector<Precision> precisions{Precision::double_precision};
  std::vector<ProblemSize> sizes = {};
  Tolerances tolerances = {};
};

/// All settings by name, as the file takes them.
[[nodiscard]] Json to_json(Settings const& settings);

[[nodiscard]] Json to_json(Tolerance const& tolerance);

/// Overrides settings of benchmarks by what the file says: { "<benchmark id>": { "<setting>": value } }. Throws Error
/// (bad_input) for unknown ids and settings (naming the nearest known one) and for values that make no sense.
void merge_settings_file(std::vector<Benchmark>& benchmarks, std::filesystem::path const& file);

/// Words of an enum: "a,b" or ["a", "b"]; repeated ones are dropped.
template <worded Enum>
struct WordList {
  using Value = std::vector<Enum>;

  [[nodiscard]] Value from_text(std::string_view text, ValueSource const& source) const {
    Value words;
    for (auto const part : split_list(text, source)) {
      add(words, WordOf<Enum>{}.from_text(part, source));
    }
    return words;
  }
  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const {
    Value words;
    for (auto const& element : array_of(value, "an array of " + list_words<Enum>(), source)) {
      add(words, WordOf<Enum>{}.from_json(element, source));
    }
    if (words.empty()) {
      throw bad_input(source.with("[]"), "the list is empty", "give one of " + list_words<Enum>() + " or more");
    }
    return words;
  }
  [[nodiscard]] Json to_json(Value const& value) const {
    Json words = Json::array();
    for (Enum const entry : value) {
      words.push_back(to_word(entry));
    }
    return words;
  }

 private:
  static void add(Value& words, Enum word) {
    if (std::ranges::find(words, word) == words.end()) {
      words.push_back(word);
    }
  }
};

/// Limits shared by the command line and the settings file.
inline constexpr WholeNumber<int> iterations_value{.minimum = 1, .maximum = 1'000'000};
inline constexpr WholeNumber<int> warmup_value{.minimum = 0, .maximum = 1'000'000};

}  // namespace lauebench::kernel_bench

namespace lauebench {

template <>
inline constexpr std::array word_table<kernel_bench::Place>{Word{kernel_bench::Place::host, "host"},
                                                            Word{kernel_bench::Place::openmp, "openmp"},
                                                            Word{kernel_bench::Place::cuda, "cuda"}};

}  // namespace lauebench
