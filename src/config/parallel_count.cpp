#include "config/parallel_count.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "config/option_entries.hpp"
#include "config/shared_options.hpp"

namespace lauebench {
namespace {

constexpr std::string_view per_node = "/node";
constexpr std::string_view advice =
    "give positive whole numbers separated by commas, such as 1,2,4, or for each node, such as 4/node";
constexpr std::size_t most_entries = 1000;

/// `shown` is the text of the whole value, as messages have it.
ParallelCount parse(std::string_view entry, std::string const& shown, ValueSource const& source) {
  bool const is_per_node = entry.ends_with(per_node);
  std::string_view const number = entry.substr(0, entry.size() - (is_per_node ? per_node.size() : 0));
  std::string problem;
  int const count = WholeNumber<int>{.minimum = 1, .maximum = max_count}.parse(number, problem);
  if (!problem.empty()) {
    throw bad_input(source.with(shown), fmt::format("entry {} is {}", in_quotes(entry), problem), advice);
  }
  return {count, is_per_node ? CountedOn::node : CountedOn::launch};
}

ParallelCountList::Value checked(ParallelCountList::Value entries, std::string const& shown,
                                 ValueSource const& source) {
  if (entries.empty() || entries.size() > most_entries) {
    throw bad_input(source.with(shown), plural(entries.size(), "value"), advice);
  }
  remove_duplicates(entries);
  return entries;
}

}  // namespace

std::string to_text(ParallelCount const& parallel) {
  return fmt::format("{}{}", parallel.count, parallel.on == CountedOn::node ? per_node : "");
}

auto ParallelCountList::from_text(std::string_view text, ValueSource const& source) const -> Value {
  Value entries;
  for (auto const part : split_list(text, source)) {
    entries.push_back(parse(part, in_quotes(text), source));
  }
  return checked(std::move(entries), in_quotes(text), source);
}

auto ParallelCountList::from_json(Json const& value, ValueSource const& source) const -> Value {
  Value entries;
  for (auto const& element : array_of(value, R"(an array of whole numbers, such as [1, 2])", source)) {
    if (!element.is_number_integer() && !element.is_string()) {
      throw wrong_type({fmt::format("entry {} of {}", entries.size() + 1, source.name), source.file},
                       R"(a whole number or a text such as "4/node")", element);
    }
    std::string const text = element.is_string() ? element.get<std::string>() : element.dump();
    entries.push_back(parse(text, value.dump(), source));
  }
  return checked(std::move(entries), value.dump(), source);
}

Json ParallelCountList::to_json(Value const& value) const {
  Json list = Json::array();
  for (ParallelCount const& parallel : value) {
    list.push_back(parallel.on == CountedOn::node ? Json(to_text(parallel)) : Json(parallel.count));
  }
  return list;
}

}  // namespace lauebench
