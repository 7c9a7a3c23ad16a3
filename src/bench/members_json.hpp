#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "probe/reading.hpp"

/// Values as members of JSON objects. What is not known is null; where a reason belongs to it, the object that holds it
/// has a member `unavailable` with the reason under the same name.
namespace lauebench {

template <class Value>
void put(nlohmann::ordered_json& object, std::string const& name, Value const& value) {
  object[name] = value;
}

template <class Value>
void put(nlohmann::ordered_json& object, std::string const& name, std::optional<Value> const& value) {
  object[name] = value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

/// `reason`: why there is no value.
template <class Value>
void put(nlohmann::ordered_json& object, std::string const& name, std::optional<Value> const& value,
         std::string const& reason) {
  put(object, name, value);
  if (!value) {
    object["unavailable"][name] = reason;
  }
}

template <class Value>
void put(nlohmann::ordered_json& object, std::string const& name, Reading<Value> const& reading) {
  if (auto const* value = std::get_if<Value>(&reading)) {
    object[name] = *value;
  } else {
    object[name] = nullptr;
    object["unavailable"][name] = std::get<Unknown>(reading).reason;
  }
}

template <class Value>
void take(nlohmann::ordered_json const& object, std::string const& name, Value& value) {
  object.at(name).get_to(value);
}

template <class Value>
void take(nlohmann::ordered_json const& object, std::string const& name, std::optional<Value>& value) {
  auto const& found = object.at(name);
  value = found.is_null() ? std::nullopt : std::optional(found.get<Value>());
}

template <class Value>
void take(nlohmann::ordered_json const& object, std::string const& name, std::optional<Value>& value,
          std::string& reason) {
  take(object, name, value);
  if (!value) {
    object.at("unavailable").at(name).get_to(reason);
  }
}

template <class Value>
void take(nlohmann::ordered_json const& object, std::string const& name, Reading<Value>& reading) {
  if (object.at(name).is_null()) {
    reading = Unknown{object.at("unavailable").at(name).get<std::string>()};
  } else {
    reading = object.at(name).get<Value>();
  }
}

/// The members that `for_each_member` knows of a struct.
template <class Struct>
[[nodiscard]] nlohmann::ordered_json members_to_json(Struct const& value) {
  auto json = nlohmann::ordered_json::object();
  for_each_member(value, [&json](char const* name, auto const& member) { put(json, name, member); });
  return json;
}

/// The inverse. Throws nlohmann::json::exception for what is none.
template <class Struct>
void members_from_json(nlohmann::ordered_json const& json, Struct& value) {
  for_each_member(value, [&json](char const* name, auto& member) { take(json, name, member); });
}

}  // namespace lauebench
