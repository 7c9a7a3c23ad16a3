#include "bench/ceilings.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace lauebench {
namespace {

/// A measurement that has taken this long is not repeated: it costs as much as a run.
constexpr double enough_s = 2.0;

template <class Range, class Member>
double largest_of(Range const& range, Member member) {
  return std::accumulate(range.begin(), range.end(), 0.0, [&member](double most, auto const& entry) {
    return std::max(most, static_cast<double>(std::invoke(member, entry)));
  });
}

double write_s(RankReport const& report) { return report.outcome.phases.write_s + report.outcome.phases.fsync_s; }

double phase_s(RankReport const& report, CeilingKind kind) {
  switch (kind) {
    case CeilingKind::read:
      return report.outcome.phases.read_s;
    case CeilingKind::write:
      return write_s(report);
    case CeilingKind::kernel:
      return report.outcome.phases.kernel_s;
    case CeilingKind::copy_to_device:
      return report.outcome.phases.copy_to_device_s;
    case CeilingKind::copy_to_host:
      return report.outcome.phases.copy_to_host_s;
    case CeilingKind::memory:
    case CeilingKind::create_files:
    case CeilingKind::stat_files:
    case CeilingKind::open_files:
      break;
  }
  return 0.0;
}

Reading<double> fraction(Reading<Ceiling> const& reading, std::optional<double> busy) {
  if (auto const* const unknown = std::get_if<Unknown>(&reading)) {
    return *unknown;
  }
  if (!busy) {
    return Unknown{"no successful run tells how long it took"};
  }
  return std::get<Ceiling>(reading).run_s() / *busy;
}

Reading<double> whole_fraction(Reading<Attainable> const& reading, std::optional<double> run_s) {
  if (auto const* const unknown = std::get_if<Unknown>(&reading)) {
    return *unknown;
  }
  if (!run_s) {
    return Unknown{"no run was successful"};
  }
  return std::get<Attainable>(reading).seconds / *run_s;
}

}  // namespace

double Ceiling::amount() const {
  return std::accumulate(ranks.begin(), ranks.end(), 0.0,
                         [](double sum, CeilingSample const& sample) { return sum + sample.amount; });
}

double Ceiling::seconds() const { return largest_of(ranks, &CeilingSample::seconds); }

double Ceiling::run_s() const {
  return largest_of(ranks,
                    [](CeilingSample const& sample) { return sample.seconds * sample.run_amount / sample.amount; });
}

std::string_view to_string(CeilingMoment moment) {
  constexpr std::array<std::string_view, 3> names{"start", "middle", "end"};
  return names[static_cast<std::size_t>(moment)];
}

std::string_view to_string(Bottleneck bottleneck) {
  constexpr std::array<std::string_view, 4> names{"storage-read", "storage-write", "compute", "host-device-copy"};
  return names[static_cast<std::size_t>(bottleneck)];
}

Reading<Attainable> PointCeilings::attainable() const {
  if (!unknown_part.empty()) {
    return Unknown{unknown_part};
  }
  for (CeilingKind const kind : {CeilingKind::read, CeilingKind::write, CeilingKind::kernel}) {
    if (auto const* const unknown = std::get_if<Unknown>(&of[kind])) {
      return *unknown;
    }
  }
  auto const run_s = [this](CeilingKind kind) {
    auto const* const ceiling = std::get_if<Ceiling>(&of[kind]);
    return ceiling != nullptr ? ceiling->run_s() : 0.0;  // on CPUs nothing is copied
  };
  double const read = run_s(CeilingKind::read);
  double const write = run_s(CeilingKind::write);
  double const kernel = run_s(CeilingKind::kernel);
  double const copies = run_s(CeilingKind::copy_to_device) + run_s(CeilingKind::copy_to_host);
  std::array const parts{Attainable{kernel, Bottleneck::compute},
                         Attainable{read + write, read > write ? Bottleneck::storage_read : Bottleneck::storage_write},
                         Attainable{copies, Bottleneck::host_device_copy}};
  return *std::ranges::max_element(parts, {}, &Attainable::seconds);
}

void CeilingSeries::add(std::vector<CeilingPass> const& passes) {
  ++passes_;
  std::map<CeilingKind, Ceiling> found;
  for (std::size_t rank = 0; rank < passes.size(); ++rank) {
    CeilingPass const& pass = passes[rank];
    if (error_.empty() && !pass.error.empty()) {
      error_ = fmt::format("rank {}: {}", rank, pass.error);
    }
    if (signal_.empty()) {
      signal_ = pass.signal;
    }
    for (CeilingSample const& sample : pass.samples) {
      found[sample.kind].ranks.push_back(sample);
    }
  }
  for (auto const& [kind, ceiling] : found) {
    spent_s_ += ceiling.seconds();
  }
  keep_best(found);
  if (!error_.empty()) {
    ceilings_.clear();
  }
}

void CeilingSeries::keep_best(std::map<CeilingKind, Ceiling> const& pass) {
  for (auto const& [kind, ceiling] : pass) {
    auto const [place, is_first] = ceilings_.try_emplace(kind, ceiling);
    if (!is_first && ceiling.seconds() < place->second.seconds()) {
      place->second = ceiling;
    }
    place->second.passes = passes_;
  }
}

bool CeilingSeries::wants_more() const {
  return error_.empty() && signal_.empty() && passes_ < most_ceiling_passes && spent_s_ < enough_s;
}

std::optional<double> busy_s(RunRecord const& run, CeilingKind kind) {
  double const seconds = largest_of(run.ranks, [kind](RankReport const& report) { return phase_s(report, kind); });
  return seconds > 0.0 ? std::optional(seconds) : std::nullopt;
}

AttainedFractions attained_fractions(PointCeilings const& ceilings, PerCeiling<std::optional<double>> const& busy,
                                     std::optional<double> run_s) {
  AttainedFractions fractions;
  for (CeilingKind const kind : ceiling_kinds) {
    fractions.of[kind] = fraction(ceilings.of[kind], busy[kind]);
  }
  fractions.whole = whole_fraction(ceilings.attainable(), run_s);
  return fractions;
}

}  // namespace lauebench
