#include "bench/stripe_json.hpp"

#include "bench/members_json.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(StripeLayout const& stripe) {
  Json json{{"tool", stripe.tool}};
  put(json, "stripe_bytes", stripe.stripe_bytes, "the tool names none, or several");
  put(json, "stripe_count", stripe.stripe_count, "the tool names none, or several");
  json["text"] = stripe.text;
  return json;
}

}  // namespace

void put_stripe(Json& object, std::string const& name, StripeReading const& reading) {
  if (reading.layout) {
    object[name] = to_json(*reading.layout);
  } else {
    object[name] = nullptr;
    object["unavailable"][name] = reading.reason;
  }
}

}  // namespace lauebench
