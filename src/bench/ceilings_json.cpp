#include "bench/ceilings_json.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <variant>

#include <fmt/format.h>

#include "bench/members_json.hpp"

namespace lauebench {
namespace {

constexpr std::array<char const*, ceiling_kinds.size()> kind_names{
    "read", "write", "memory", "kernel", "copy_to_device", "copy_to_host", "create_files", "stat_files", "open_files"};

char const* name_of(CeilingKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

std::string unit_of(CeilingKind kind) {
  switch (kind) {
    case CeilingKind::kernel:
      return "pixel_steps";
    case CeilingKind::create_files:
    case CeilingKind::stat_files:
    case CeilingKind::open_files:
      return "files";
    default:
      return "bytes";
  }
}

/// Amount and rate by the names of what is counted.
void put_amount(Json& json, CeilingKind kind, double amount, double seconds) {
  std::string const unit = unit_of(kind);
  json[unit] = amount;
  json["seconds"] = seconds;
  json[unit + "_per_s"] = amount / seconds;
}

bool is_phase(CeilingKind kind) { return std::ranges::find(phase_kinds, kind) != phase_kinds.end(); }

Json ceiling_to_json(CeilingKind kind, Ceiling const& ceiling) {
  Json json = Json::object();
  put_amount(json, kind, ceiling.amount(), ceiling.seconds());
  if (is_phase(kind)) {
    json["run_s"] = ceiling.run_s();
  }
  json["passes"] = ceiling.passes;
  json["per_rank"] = Json::array();
  for (std::size_t rank = 0; rank < ceiling.ranks.size(); ++rank) {
    CeilingSample const& sample = ceiling.ranks[rank];
    Json entry = {{"rank", rank}};
    put_amount(entry, kind, sample.amount, sample.seconds);
    json["per_rank"].push_back(std::move(entry));
  }
  return json;
}

void put_attainable(Json& json, Reading<Attainable> const& attainable) {
  put(json, "attainable_s", transform(attainable, [](Attainable const& value) { return value.seconds; }));
  put(json, "bottleneck", transform(attainable, [](Attainable const& value) { return to_string(value.bottleneck); }));
}

}  // namespace

std::string to_message(CeilingPass const& pass) {
  Json json = {{"error", pass.error}, {"signal", pass.signal}, {"samples", Json::array()}};
  for (CeilingSample const& sample : pass.samples) {
    json["samples"].push_back({static_cast<int>(sample.kind), sample.amount, sample.seconds, sample.run_amount});
  }
  return to_line(json);
}

CeilingPass ceiling_pass_from_message(std::string_view message) try {
  Json const json = Json::parse(message);
  CeilingPass pass;
  json.at("error").get_to(pass.error);
  json.at("signal").get_to(pass.signal);
  for (Json const& sample : json.at("samples")) {
    pass.samples.push_back({static_cast<CeilingKind>(sample.at(0).get<int>()), sample.at(1).get<double>(),
                            sample.at(2).get<double>(), sample.at(3).get<double>()});
  }
  return pass;
} catch (nlohmann::json::exception const& problem) {
  throw std::runtime_error(fmt::format("a rank's part of a ceiling cannot be read: {}", problem.what()));
}

Json ceiling_record(RecordStamp const& stamp, std::string const& staging_dir, GridPoint const& point,
                    PointCeilings const& ceilings) {
  Json record = record_head("ceiling", stamp);
  put_point(record, staging_dir, point);
  record["moment"] = to_string(ceilings.moment);
  for (CeilingKind const kind : ceiling_kinds) {
    put(record, name_of(kind),
        transform(ceilings.of[kind], [kind](Ceiling const& ceiling) { return ceiling_to_json(kind, ceiling); }));
  }
  put_attainable(record, ceilings.attainable());
  return record;
}

std::optional<Json> attained_to_json(PointResult const& result) {
  auto const attained = result.attained();
  if (!attained) {
    return std::nullopt;
  }
  Json json = Json::object();
  put_attainable(json, result.ceilings()->attainable());
  put(json, "whole_fraction", attained->whole);
  for (CeilingKind const kind : phase_kinds) {
    put(json, std::string(name_of(kind)) + "_fraction", attained->of[kind]);
  }
  return json;
}

}  // namespace lauebench
