#include "config/option_table.hpp"

namespace lauebench {
namespace {

/// 1 rather than 1.0, as people type it.
std::string number_text(Json const& value) {
  std::string text = value.dump();
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

}  // namespace

std::string shown_default_of(Json const& value, Takes takes) {
  if (takes == Takes::nothing || value.is_null()) {
    return {};
  }
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (!value.is_array()) {
    return number_text(value);
  }
  std::string text;
  for (auto const& element : value) {
    text.append(text.empty() ? "" : ",").append(shown_default_of(element, takes));
  }
  return text;
}

std::string json_name(std::string_view option_name) {
  std::string name{option_name};
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace lauebench
