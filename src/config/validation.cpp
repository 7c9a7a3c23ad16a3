#include "config/validation.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
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

bool has_shared_points(RunConfig const& config) {
  return std::ranges::find(config.output_layouts, OutputLayout::shared) != config.output_layouts.end();
}

bool has_compressed_points(RunConfig const& config) { return std::ranges::max(config.output_gzip_levels) > 0; }

/// Images of some shared file.
bool are_written_by_hdf5(RunConfig const& config) {
  return has_compressed_points(config) || config.reconstruction.io_path == IoPath::hdf5;
}

/// The first of the options that are given; empty: none.
std::string_view given_option(SharedFileOptions const& file) {
  if (file.collective) {
    return "collective";
  }
  if (file.alignment_bytes) {
    return "output-alignment";
  }
  return file.collective_metadata ? "collective-metadata" : "";
}

/// HDF5 holds its lock while it waits for other ranks, and so does MPI-IO in a rank's thread: reading together while
/// the writing thread waits for the same ranks would never end.
void require_one_use_of_mpi_io(RunConfig const& config) {
  bool const reads = config.input_access != InputAccess::posix;
  if (reads && config.input_layout != InputLayout::shared) {
    throw bad_input("--input-access without --input-layout shared", "each rank reads a copy of its own",
                    "add --input-layout shared, or leave it out");
  }
  if (reads && config.reconstruction.io_path == IoPath::raw) {
    throw bad_input("--input-access through MPI-IO with --io-path raw", "HDF5 itself reads through MPI-IO",
                    "leave one of them out");
  }
  if (reads && config.verify == Verification::none) {
    throw bad_input("--input-access through MPI-IO with --verify none",
                    "MPI-IO may hide that reading failed, and nobody would look at what was read",
                    "leave one of them out");
  }
  if (reads && has_shared_points(config)) {
    throw bad_input("--input-access through MPI-IO with --output-layout shared",
                    "a rank's reading and its writing would wait for other ranks at the same time",
                    "read with --input-access posix, or write another layout");
  }
  if (!config.shared_file.mpi_hints.empty() && !reads && !has_shared_points(config)) {
    throw bad_input("--mpi-hint where nothing goes through MPI-IO", "it says how ranks use one file together",
                    "add --output-layout shared, or --input-layout shared with --input-access, or leave it out");
  }
}

/// How a shared file is written means nothing for other layouts.
void require_shared_layout(RunConfig const& config) {
  std::string_view const given = given_option(config.shared_file);
  if (!given.empty() && !has_shared_points(config)) {
    throw bad_input(fmt::format("--{} without --output-layout shared", given),
                    "it says how ranks write one file together", "add --output-layout shared, or leave it out");
  }
}

void require_way_to_share(RunConfig const& config) {
  require_shared_layout(config);
  if (!has_shared_points(config)) {
    return;
  }
  if (has_compressed_points(config) && config.shared_file.collective == Toggle::off) {
    throw bad_input("--output-compression with --collective off",
                    "HDF5 compresses what several ranks write to one file only where they write together",
                    "leave one of them out, or use --output-layout per-rank");
  }
  if (has_compressed_points(config) && config.reconstruction.io_path == IoPath::raw) {
    throw bad_input("--output-compression with --output-layout shared and --io-path raw",
                    "HDF5 itself has to compress what several ranks write to one file", "leave --io-path out");
  }
  if (config.shared_file.collective_metadata && !are_written_by_hdf5(config)) {
    throw bad_input("--collective-metadata where HDF5 does not write the images",
                    "one rank writes all that stands beside them, before the others come",
                    "leave it out, or add --output-compression gzip:L or --io-path hdf5");
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
  require_way_to_share(config);
  require_one_use_of_mpi_io(config);
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
  if (has_shared_points(config)) {
    SharedFileOptions& file = config.shared_file;
    file.collective = file.collective.value_or(Toggle::on);
    file.alignment_bytes = file.alignment_bytes.value_or(1);
    if (are_written_by_hdf5(config)) {
      file.collective_metadata = file.collective_metadata.value_or(Toggle::on);
    }
  }
}

void validate(ReconstructConfig const& config) {
  require_all(reconstruct_options(), config, "reconstruct needs them");
  static_cast<void>(make_depth_grid(config.reconstruction.depth_range, config.reconstruction.resolution_um));
  require_output_that_exists(config.reconstruction.output_layout, config.reconstruction.output_gzip_level);
  if (config.reconstruction.output_layout == OutputLayout::shared) {
    throw bad_input("--output-layout shared with reconstruct", "there are no other ranks to share a file with",
                    "use --output-layout per-rank, or laue-bench run");
  }
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
