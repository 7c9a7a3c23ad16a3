#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "staging/stripe_layout.hpp"

namespace lauebench {

/// Puts the layout into `object` as its member `name`, or null and the reason.
void put_stripe(nlohmann::ordered_json& object, std::string const& name, StripeReading const& reading);

}  // namespace lauebench
