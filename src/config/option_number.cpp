#include <fmt/format.h>

#include "config/option_entries.hpp"
#include "config/option_value.hpp"

namespace lauebench {
namespace {

constexpr std::string_view whole_number = "a whole number";

std::string not_a_number_because(NumberProblem problem, std::string_view kind) {
  return problem == NumberProblem::out_of_range ? "too large" : fmt::format("not {}", kind);
}

}  // namespace

template <class Number>
std::string WholeNumber<Number>::advice() const {
  return maximum == std::numeric_limits<Number>::max()
             ? fmt::format("give a whole number of at least {}", minimum)
             : fmt::format("give a whole number from {} to {}", minimum, maximum);
}

template <class Number>
std::string WholeNumber<Number>::problem_of(Number value) const {
  if (value < minimum) {
    return fmt::format("below {}", minimum);
  }
  return value > maximum ? fmt::format("above {}", maximum) : std::string{};
}

template <class Number>
Number WholeNumber<Number>::parse(std::string_view text, std::string& problem) const {
  auto const parsed = parse_number<Number>(text);
  problem = parsed.problem == NumberProblem::none ? problem_of(parsed.value)
                                                  : not_a_number_because(parsed.problem, whole_number);
  return parsed.value;
}

template <class Number>
Number WholeNumber<Number>::parse(Json const& value, std::string& problem) const {
  bool const is_unsigned = value.is_number_unsigned();
  bool const fits = is_unsigned ? std::in_range<Number>(value.get<std::uint64_t>())
                                : std::in_range<Number>(value.get<std::int64_t>());
  if (!fits) {
    problem = is_unsigned ? "too large" : fmt::format("below {}", minimum);
    return {};
  }
  auto const number = value.get<Number>();
  problem = problem_of(number);
  return number;
}

template <class Number>
Number WholeNumber<Number>::from_text(std::string_view text, ValueSource const& source) const {
  std::string problem;
  Number const value = parse(text, problem);
  if (!problem.empty()) {
    throw bad_input(source.with(in_quotes(text)), problem, advice());
  }
  return value;
}

template <class Number>
Number WholeNumber<Number>::from_json(Json const& value, ValueSource const& source) const {
  if (!value.is_number_integer()) {
    throw wrong_type(source, whole_number, value);
  }
  std::string problem;
  Number const number = parse(value, problem);
  if (!problem.empty()) {
    throw bad_input(source.with(value.dump()), problem, advice());
  }
  return number;
}

template struct WholeNumber<int>;
template struct WholeNumber<std::int64_t>;
template struct WholeNumber<std::uint64_t>;

double RealNumber::checked(double value, ValueSource const& source) const {
  bool const excluded = minimum_bound == Bound::excluded;
  if (value < minimum || (excluded && value == minimum)) {
    throw bad_input(source.with(fmt::format("{}", value)),
                    fmt::format("not {} {}", excluded ? "above" : "at least", minimum),
                    excluded ? fmt::format("give a number above {}", minimum)
                             : fmt::format("give a number of at least {}", minimum));
  }
  if (value > maximum) {
    throw bad_input(source.with(fmt::format("{}", value)), fmt::format("above {}", maximum),
                    fmt::format("give a number of at most {}", maximum));
  }
  return value;
}

double RealNumber::from_text(std::string_view text, ValueSource const& source) const {
  auto const parsed = parse_number<double>(text);
  if (parsed.problem != NumberProblem::none) {
    throw bad_input(source.with(in_quotes(text)),
                    parsed.problem == NumberProblem::out_of_range ? "out of range" : "not a finite number",
                    "give a plain decimal number, such as 0.5");
  }
  return checked(parsed.value, source);
}

double RealNumber::from_json(Json const& value, ValueSource const& source) const {
  if (!value.is_number()) {
    throw wrong_type(source, "a number", value);
  }
  return checked(value.get<double>(), source);
}

template <class Number>
auto WholeNumberList<Number>::checked(Value entries, std::string const& shown, ValueSource const& source) const
    -> Value {
  if (entries.size() < min_entries || entries.size() > max_entries) {
    throw bad_input(source.with(shown), plural(entries.size(), "value"), advice);
  }
  if (duplicates == Duplicates::remove) {
    remove_duplicates(entries);
  }
  return entries;
}

template <class Number>
auto WholeNumberList<Number>::from_text(std::string_view text, ValueSource const& source) const -> Value {
  Value entries;
  for (auto const part : split_list(text, source)) {
    std::string problem;
    entries.push_back(entry.parse(part, problem));
    if (!problem.empty()) {
      throw bad_input(source.with(in_quotes(text)), fmt::format("entry {} is {}", in_quotes(part), problem), advice);
    }
  }
  return checked(std::move(entries), in_quotes(text), source);
}

template <class Number>
auto WholeNumberList<Number>::from_json(Json const& value, ValueSource const& source) const -> Value {
  constexpr std::string_view expected = "an array of whole numbers, such as [1, 2]";
  Value entries;
  for (auto const& element : array_of(value, expected, source)) {
    if (!element.is_number_integer()) {
      throw wrong_type({fmt::format("entry {} of {}", entries.size() + 1, source.name), source.file}, whole_number,
                       element);
    }
    std::string problem;
    entries.push_back(entry.parse(element, problem));
    if (!problem.empty()) {
      throw bad_input(source.with(value.dump()), fmt::format("entry {} is {}", element.dump(), problem), advice);
    }
  }
  return checked(std::move(entries), value.dump(), source);
}

template struct WholeNumberList<int>;
template struct WholeNumberList<std::int64_t>;

}  // namespace lauebench
