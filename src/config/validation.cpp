#include "config/validation.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <tuple>

#include <fmt/format.h>

#include "config/chunk_shape.hpp"
#include "config/depth_grid.hpp"
#include "config/option_tables.hpp"

namespace lauebench {
namespace {

bool is_given(Json const& value) { return !value.is_null() && value != DepthRangeText{}.to_json(DepthRange{}); }

/// Names all required options that have no value, in one message. A depth range is never empty once it is given.
template <class Config>
void require_all(OptionTable<Config> const& table, Config const& config, std::string_view why) {
  std::string missing;
  std::string example;
  for (auto const& option : table) {
    if (option.text.presence == Presence::required && !is_given(option.to_json(config))) {
      missing.append(fmt::format("{}--{}", missing.empty() ? "" : ", ", option.text.name));
      example.append(fmt::format(" --{} {}", option.text.name, option.text.placeholder));
    }
  }
  if (!missing.empty()) {
    throw bad_input(fmt::format("missing {}", missing), why, fmt::format("add{}", example));
  }
}

void require_one_rule_of_repetition(RunConfig const& config) {
  if (config.target_ci_percent && config.runs) {
    throw bad_input("--runs with --target-ci", "both say how often a point runs", "leave one of them out");
  }
  if (config.sustain_s && config.resume == Resume::yes) {
    throw bad_input("--resume with --sustain", "what is to be sustained cannot be interrupted and gone on with",
                    "leave out one of them");
  }
  if (config.sustain_s && config.staging_dirs.size() > 1) {
    throw bad_input("--sustain with several --staging-dir", "it repeats one point in one folder",
                    "give one --staging-dir");
  }
  if (config.sustain_s && (config.runs || config.target_ci_percent)) {
    throw bad_input(fmt::format("--{} with --sustain", config.runs ? "runs" : "target-ci"),
                    "both say how often a point runs", "leave one of them out");
  }
  if (config.max_runs && !config.target_ci_percent) {
    throw bad_input("--max-runs without --target-ci", "--runs alone fixes the number of runs",
                    "add --target-ci P, or give --runs instead");
  }
}

void require_output_that_exists(OutputLayout layout, int gzip_level) {
  if (!can_be_stored(layout, gzip_level)) {
    throw bad_input("--output-compression with --output-layout per-depth",
                    "a depth file holds its image as it is, as other programs read it",
                    "add --output-layout per-rank, or none as a compression");
  }
}

/// No layout and no level may be left without a point.
void require_outputs_that_exist(RunConfig const& config) {
  auto const& [layouts, levels] = std::tie(config.output_layouts, config.output_gzip_levels);
  for (OutputLayout const layout : layouts) {
    for (int const level : levels) {
      bool const has_level = std::ranges::any_of(levels, [&](int other) { return can_be_stored(layout, other); });
      bool const has_layout = std::ranges::any_of(layouts, [&](auto other) { return can_be_stored(other, level); });
      if (!has_level || !has_layout) {
        require_output_that_exists(layout, level);
      }
    }
  }
}

/// The last scan has the largest seed.
void require_seeds(GenerateConfig const& config) {
  auto const further = static_cast<std::uint64_t>(config.count - 1);
  if (config.seed > std::numeric_limits<std::uint64_t>::max() - further) {
    throw bad_input(fmt::format("--count {} with --seed {}", config.count, config.seed),
                    "the last scan's seed would be too large", "give a smaller seed");
  }
}

}  // namespace

void validate(RunConfig const& config) {
  require_all(run_options(), config, "run needs them, on the command line or in the file given to --config");
  require_one_rule_of_repetition(config);
  static_cast<void>(make_depth_grid(config.reconstruction.depth_range, config.reconstruction.resolution_um));
  require_outputs_that_exist(config);
  if (config.verify == Verification::golden && config.golden_digest.empty()) {
    throw bad_input("--verify golden without a digest", "depth images have to be held against one",
                    "add --golden-digest FILE");
  }
  if (config.verify == Verification::golden && config.precisions.size() > 1) {
    throw bad_input("--verify golden with several words of --precision", "a digest is of the images of one precision",
                    "give one precision, or use --verify first");
  }
  if (config.verify == Verification::none && config.read_back == ReadBack::on) {
    throw bad_input("--read-back with --verify none", "nobody would look at what is read", "leave one of them out");
  }
  if (config.verify != Verification::golden && !config.golden_digest.empty()) {
    throw bad_input("--golden-digest without --verify golden", "nothing would be held against it",
                    "add --verify golden, or leave it out");
  }
}

void complete(RunConfig& config) {
  if (!config.sustain_s) {
    (config.target_ci_percent ? config.max_runs : config.runs) = most_runs(config);
  }
}

void validate(ReconstructConfig const& config) {
  require_all(reconstruct_options(), config, "reconstruct needs them");
  static_cast<void>(make_depth_grid(config.reconstruction.depth_range, config.reconstruction.resolution_um));
  require_output_that_exists(config.reconstruction.output_layout, config.reconstruction.output_gzip_level);
}

void validate(InfoConfig const& /*config*/) {}

void validate(CleanConfig const& config) { require_all(clean_options(), config, "clean has to know the folder"); }

void validate(ConvertConfig const& config) {
  require_all(convert_options(), config, "convert needs them");
  require_output_that_exists(*config.output_layout, config.output_gzip_level);
}

void validate(GenerateConfig const& config) {
  require_all(generate_options(), config, "generate needs them");
  require_seeds(config);
  if (config.shuffle == ByteShuffle::on && config.gzip_level == 0) {
    throw bad_input("--shuffle without compression", "it only helps a compressor",
                    "add --compression gzip:L, or leave it out");
  }
  static_cast<void>(chunk_shape(config));
}

}  // namespace lauebench
