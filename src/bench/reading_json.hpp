#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "probe/reading.hpp"

/// Readings as members of JSON objects: what is not known is null, and the object that holds it has a member
/// `unavailable` with the reason under the same name.
namespace lauebench {

template <class Value>
void put(nlohmann::ordered_json& object, char const* name, Value const& value) {
  object[name] = value;
}

template <class Value>
void put(nlohmann::ordered_json& object, char const* name, Reading<Value> const& reading) {
  if (auto const* value = std::get_if<Value>(&reading)) {
    object[name] = *value;
  } else {
    object[name] = nullptr;
    object["unavailable"][name] = std::get<Unknown>(reading).reason;
  }
}

template <class Value>
void take(nlohmann::ordered_json const& object, char const* name, Value& value) {
  object.at(name).get_to(value);
}

template <class Value>
void take(nlohmann::ordered_json const& object, char const* name, Reading<Value>& reading) {
  if (object.at(name).is_null()) {
    reading = Unknown{object.at("unavailable").at(name).get<std::string>()};
  } else {
    reading = object.at(name).get<Value>();
  }
}

/// The members that `for_each_member` knows of a struct.
template <class Struct>
[[nodiscard]] nlohmann::ordered_json readings_to_json(Struct const& value) {
  auto json = nlohmann::ordered_json::object();
  for_each_member(value, [&json](char const* name, auto const& member) { put(json, name, member); });
  return json;
}

/// The inverse. Throws nlohmann::json::exception for what is none.
template <class Struct>
void readings_from_json(nlohmann::ordered_json const& json, Struct& value) {
  for_each_member(value, [&json](char const* name, auto& member) { take(json, name, member); });
}

}  // namespace lauebench
