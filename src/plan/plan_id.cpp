#include "plan/plan_id.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <xxhash.h>

#include "config/run_identity.hpp"

namespace lauebench {
namespace {

/// Stands in front of the digested text: a later definition of plan_id starts with another one.
constexpr std::string_view definition = "lauebench plan 1\n";

std::string hex_digest(std::string const& text) {
  XXH128_canonical_t canonical{};
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(text.data(), text.size()));
  std::string digits;
  for (unsigned char const byte : canonical.digest) {
    digits.append(fmt::format("{:02x}", byte));
  }
  return digits;
}

}  // namespace

std::string make_plan_id(RunConfig const& config, std::vector<GridPoint> const& points) {
  std::vector<std::string> ids;
  ids.reserve(points.size());
  for (auto const& point : points) {
    ids.push_back(point.id);
  }
  std::ranges::sort(ids);
  return hex_digest(fmt::format("{}{}\n{}", definition, run_identity(config), fmt::join(ids, "\n")));
}

}  // namespace lauebench
