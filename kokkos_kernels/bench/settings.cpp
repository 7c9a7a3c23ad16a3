#include "kokkos_kernels/bench/settings.hpp"

#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "config/json_file.hpp"
#include "config/nearest_name.hpp"
#include "config/shared_options.hpp"
#include "kokkos_kernels/bench/benchmark.hpp"

namespace lauebench::kernel_bench {
namespace {

/// A key of an object in the file: how it is read into a `Struct` and written.
template <class Struct>
struct Key {
  std::string_view name;
  std::function<void(Struct&, Json const&, ValueSource const&)> from_json;
  std::function<Json(Struct const&)> to_json;
};

template <class Struct, class Codec, class Value>
Key<Struct> make_key(std::string_view name, Codec codec, Value Struct::*member) {
  return {name,
          [codec, member](Struct& object, Json const& value, ValueSource const& source) {
            object.*member = codec.from_json(value, source);
          },
          [codec, member](Struct const& object) { return codec.to_json(object.*member); }};
}

Error unknown_key(std::string const& key, std::string_view place, std::vector<std::string_view> const& known) {
  return bad_input(fmt::format("unknown key {} in {}", in_quotes(key), place),
                   fmt::format("it takes {}", fmt::join(known, ", ")),
                   suggest_name(key, known, "", "see laue-bench-kernels --list --json"));
}

template <class Struct>
void merge_object(Struct& object, Json const& value, std::vector<Key<Struct>> const& keys, ValueSource const& source) {
  if (!value.is_object()) {
    throw wrong_type(source, "an object", value);
  }
  std::vector<std::string_view> names;
  names.reserve(keys.size());
  for (auto const& key : keys) {
    names.push_back(key.name);
  }
  for (auto const& [name, member] : value.items()) {
    if (name == json_comment_key) {
      continue;
    }
    auto const found = std::ranges::find(names, name);
    if (found == names.end()) {
      throw unknown_key(name, fmt::format("{} in {}", source.name, source.file), names);
    }
    keys[static_cast<std::size_t>(found - names.begin())].from_json(
        object, member, {fmt::format("{}.{}", source.name, name), source.file});
  }
}

template <class Struct>
Json keys_to_json(Struct const& object, std::vector<Key<Struct>> const& keys) {
  Json json = Json::object();
  for (auto const& key : keys) {
    json[std::string(key.name)] = key.to_json(object);
  }
  return json;
}

struct SizeList {
  using Value = std::vector<ProblemSize>;

  [[nodiscard]] Value from_json(Json const& value, ValueSource const& source) const {
    constexpr int longest = 1 << 20;
    WholeNumberList<int> const numbers{.entry = {.minimum = 1, .maximum = longest},
                                       .min_entries = 4,
                                       .max_entries = 4,
                                       .duplicates = Duplicates::keep,
                                       .advice = "give rows, columns, images and depths"};
    Value sizes;
    for (auto const& element : array_of(value, "an array of [rows, columns, images, depths]", source)) {
      auto const entries = numbers.from_json(element, source);
      sizes.push_back({entries[0], entries[1], entries[2], entries[3]});
    }
    if (sizes.empty()) {
      throw bad_input(source.with("[]"), "there is nothing to measure", "give one size or more");
    }
    return sizes;
  }
  [[nodiscard]] Json to_json(Value const& value) const {
    Json sizes = Json::array();
    for (ProblemSize const& size : value) {
      sizes.push_back(Json::array({size.rows, size.columns, size.images, size.depths}));
    }
    return sizes;
  }
};

std::vector<Key<Tolerance>> const& tolerance_keys() {
  static constexpr MaybeAbsent<RealNumber> limit{};
  static std::vector<Key<Tolerance>> const keys{make_key("rmse", limit, &Tolerance::rmse),
                                                make_key("max_error", limit, &Tolerance::max_error),
                                                make_key("relative", limit, &Tolerance::relative)};
  return keys;
}

/// One precision's; what the file leaves out stays.
Key<Tolerances> tolerance_key(std::string_view name, Tolerance Tolerances::*member) {
  return {name,
          [member](Tolerances& tolerances, Json const& value, ValueSource const& source) {
            merge_object(tolerances.*member, value, tolerance_keys(), source);
          },
          [member](Tolerances const& tolerances) { return to_json(tolerances.*member); }};
}

Key<Settings> tolerances_key() {
  static std::vector<Key<Tolerances>> const keys{
      tolerance_key(to_word(Precision::double_precision), &Tolerances::for_double),
      tolerance_key(to_word(Precision::single_precision), &Tolerances::for_single)};
  return {"tolerances",
          [](Settings& settings, Json const& value, ValueSource const& source) {
            merge_object(settings.tolerances, value, keys, source);
          },
          [](Settings const& settings) { return keys_to_json(settings.tolerances, keys); }};
}

std::vector<Key<Settings>> const& settings_keys() {
  static constexpr WholeNumber<int> threads{.minimum = 1, .maximum = max_kernel_threads};
  static std::vector<Key<Settings>> const keys{make_key("iterations", iterations_value, &Settings::iterations),
                                               make_key("warmup", warmup_value, &Settings::warmup),
                                               make_key("threads", threads, &Settings::threads),
                                               make_key("backends", WordList<Place>{}, &Settings::backends),
                                               make_key("precisions", WordList<Precision>{}, &Settings::precisions),
                                               make_key("sizes", SizeList{}, &Settings::sizes),
                                               tolerances_key()};
  return keys;
}

}  // namespace

std::string to_text(ProblemSize const& size) {
  return fmt::format("{}x{}x{}x{}", size.rows, size.columns, size.images, size.depths);
}

Json to_json(Settings const& settings) { return keys_to_json(settings, settings_keys()); }

Json to_json(Tolerance const& tolerance) { return keys_to_json(tolerance, tolerance_keys()); }

void merge_settings_file(std::vector<Benchmark>& benchmarks, std::filesystem::path const& file) {
  std::string const shown = file.string();
  std::vector<std::string_view> ids;
  ids.reserve(benchmarks.size());
  for (Benchmark const& benchmark : benchmarks) {
    ids.push_back(benchmark.id);
  }
  Json const object = read_json_object(file, {"settings file", "--settings"});
  for (auto const& [id, value] : object.items()) {
    if (id == json_comment_key) {
      continue;
    }
    auto const found = std::ranges::find(ids, id);
    if (found == ids.end()) {
      throw bad_input(fmt::format("unknown benchmark {} in {}", in_quotes(id), shown), "there is none of this name",
                      suggest_name(id, ids, "", "see laue-bench-kernels --list"));
    }
    merge_object(benchmarks[static_cast<std::size_t>(found - ids.begin())].settings, value, settings_keys(),
                 {id, shown});
  }
}

}  // namespace lauebench::kernel_bench
