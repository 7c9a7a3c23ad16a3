#pragma once

#include <type_traits>

#include "config/option_table.hpp"

/// Options that several subcommands share, so that they have the same name, meaning and default in each.
namespace lauebench {

inline constexpr std::string_view reconstruction_group = "Reconstruction";
inline constexpr std::string_view output_group = "Input and output";
inline constexpr std::string_view general_group = "General";

/// 0 .. 3 of --verbose and LAUEBENCH_LOG_LEVEL.
inline constexpr WholeNumber<int> verbosity_value{.minimum = 0, .maximum = 3};

/// Counts of ranks, threads and repetitions above this are taken for a mistake.
inline constexpr int max_count = 1'000'000;

/// Kokkos' OpenMP backend has room for this many threads.
inline constexpr int max_kernel_threads = 512;

/// Bytes of a memory limit stay within 64 bits.
inline constexpr std::int64_t max_memory_limit_mib = std::numeric_limits<std::int64_t>::max() >> 20;

template <class Config>
[[nodiscard]] OptionSpec<Config> verbose_option() {
  return make_option<Config>({.name = "verbose",
                              .placeholder = "0..3",
                              .help = "0 errors, 1 progress and table, 2 every run and staging step, 3 every phase "
                                      "(LAUEBENCH_LOG_LEVEL does the same)",
                              .group = general_group,
                              .audience = Audience::advanced},
                             verbosity_value, [](auto& config) -> auto& { return config.verbose; });
}

template <class Config>
[[nodiscard]] OptionSpec<Config> profile_option() {
  return make_option<Config>({.name = "profile",
                              .placeholder = "kokkos:LIBRARY",
                              .help = "load a Kokkos Tools library, which sees kernels, copies and phases; each rank "
                                      "loads it and writes what its tool writes",
                              .group = general_group,
                              .audience = Audience::advanced,
                              .plan_role = PlanRole::changes_run},
                             KokkosToolText{}, [](auto& config) -> auto& { return config.profile; });
}

/// `help` and `occurrence` say how many scans the command takes.
template <class Config>
[[nodiscard]] OptionSpec<Config> scan_option(std::string_view help, Occurrence occurrence) {
  using Codec = std::conditional_t<std::is_same_v<decltype(Config::h5), PathText::Value>, PathText, PathList>;
  return make_option<Config>({.name = "h5",
                              .placeholder = "SCAN",
                              .help = help,
                              .group = output_group,
                              .presence = Presence::required,
                              .plan_role = PlanRole::changes_run,
                              .occurrence = occurrence},
                             Codec{}, [](auto& config) -> auto& { return config.h5; });
}

template <class Config>
[[nodiscard]] OptionSpec<Config> geometry_option() {
  return make_option<Config>({.name = "geometry",
                              .placeholder = "XML",
                              .help = "geometry file (geoN)",
                              .group = output_group,
                              .presence = Presence::required,
                              .plan_role = PlanRole::changes_run},
                             PathText{}, [](auto& config) -> auto& { return config.geometry; });
}

/// Depth range and resolution, detector and brightness, output type and memory limit.
template <class Config>
void append_reconstruction_options(OptionTable<Config>& table, Audience secondary) {
  auto const text = [](std::string_view name, std::string_view placeholder, std::string_view help, Audience audience) {
    return OptionText{.name = name,
                      .placeholder = placeholder,
                      .help = help,
                      .group = reconstruction_group,
                      .audience = audience,
                      .plan_role = PlanRole::changes_run};
  };
  auto depth_range = text("depth-range", "A:B", "first and last depth, um", Audience::everyday);
  depth_range.presence = Presence::required;
  table.push_back(make_option<Config>(std::move(depth_range), DepthRangeText{},
                                      [](auto& c) -> auto& { return c.reconstruction.depth_range; }));
  table.push_back(make_option<Config>(text("resolution", "H", "distance of depth images, um", Audience::everyday),
                                      RealNumber{.minimum_bound = Bound::excluded},
                                      [](auto& c) -> auto& { return c.reconstruction.resolution_um; }));
  table.push_back(
      make_option<Config>(text("wire-edge", "leading|trailing|both", "edge of the wire that resolves depth", secondary),
                          WordOf<WireEdge>{}, [](auto& c) -> auto& { return c.reconstruction.wire_edge; }));
  table.push_back(make_option<Config>(text("detector", "0..2", "detector of the geometry file", secondary),
                                      WholeNumber<int>{.minimum = 0, .maximum = 2},
                                      [](auto& c) -> auto& { return c.reconstruction.detector; }));
  table.push_back(
      make_option<Config>(text("percent-brightest", "P",
                               "share of the pixels that is reconstructed, the brightest ones, percent", secondary),
                          RealNumber{.minimum_bound = Bound::excluded, .maximum = 100.0},
                          [](auto& c) -> auto& { return c.reconstruction.percent_brightest; }));
  table.push_back(make_option<Config>(text("output-type", "TYPE",
                                           "element type of depth images: scan (as the scan; int32 with --wire-edge "
                                           "both), float32, int32, int16, uint16, "
                                           "float64, int8 or uint8",
                                           secondary),
                                      OutputTypeText{}, [](auto& c) -> auto& { return c.reconstruction.output_type; }));
  auto memory_limit = text("memory-limit-mb", "MIB", "memory that one reconstruction (rank) may use, MiB", secondary);
  memory_limit.shown_default = "8192, or what there is";
  table.push_back(make_option<Config>(std::move(memory_limit),
                                      MemoryLimitMib{{.minimum = 1, .maximum = max_memory_limit_mib}},
                                      [](auto& c) -> auto& { return c.reconstruction.memory_limit; }));
  auto gpu_memory_limit = text("gpu-memory-limit-mb", "MIB",
                               "GPU memory that one reconstruction (rank) may use, MiB; never more than the default. "
                               "On a CPU, --kernel-loop pixels then works as on a GPU, in blocks that are copied",
                               Audience::advanced);
  gpu_memory_limit.shown_default = "0.8 of what is free, shared by the ranks of a GPU";
  table.push_back(
      make_option<Config>(std::move(gpu_memory_limit),
                          MaybeAbsent<WholeNumber<std::int64_t>>{{.minimum = 1, .maximum = max_memory_limit_mib}},
                          [](auto& c) -> auto& { return c.reconstruction.gpu_memory_limit_mib; }));
}

/// `run` takes a list of words, `reconstruct` one.
[[nodiscard]] inline OptionText precision_text(std::string_view placeholder, std::string_view help) {
  return {.name = "precision",
          .placeholder = placeholder,
          .help = help,
          .group = reconstruction_group,
          .audience = Audience::advanced};
}

/// How the kernel computes; `precision` is the command's own option of that name.
template <class Config>
void append_kernel_options(OptionTable<Config>& table, OptionSpec<Config> precision) {
  auto const text = [](std::string_view name, std::string_view placeholder, std::string_view help) {
    return OptionText{.name = name,
                      .placeholder = placeholder,
                      .help = help,
                      .group = reconstruction_group,
                      .audience = Audience::advanced,
                      .plan_role = PlanRole::changes_run};
  };
  table.push_back(
      make_option<Config>(text("cosmic-filter", "", "replace cosmic-ray spikes in each pixel's series first"),
                          Switch<CosmicFilter>{CosmicFilter::off, CosmicFilter::on},
                          [](auto& c) -> auto& { return c.reconstruction.cosmic_filter; }));
  table.push_back(make_option<Config>(
      text("area-rule", "peer|conserving",
           "what a difference is divided by: peer, as published data, or conserving, so that intensity is kept"),
      WordOf<AreaRule>{}, [](auto& c) -> auto& { return c.reconstruction.area_rule; }));
  table.push_back(std::move(precision));
  table.push_back(make_option<Config>(
      text("kernel-loop", "auto|tiles|pixels", "loop order of the kernel; auto takes the faster one for the device"),
      WordOf<KernelLoop>{}, [](auto& c) -> auto& { return c.reconstruction.kernel_loop; }));
  auto rows_per_stripe = text("rows-per-stripe", "ROWS",
                              "detector rows that are reconstructed at a time, instead of a quarter of them, so that "
                              "reading, computing and writing overlap, or fewer where the memory limit asks for it");
  table.push_back(make_option<Config>(std::move(rows_per_stripe), MaybeAbsent<WholeNumber<int>>{{.minimum = 1}},
                                      [](auto& c) -> auto& { return c.reconstruction.rows_per_stripe; }));
  table.push_back(make_option<Config>(
      text("io-path", "auto|raw|hdf5",
           "how frames are read and depth images written: raw past HDF5 (reading on all threads), hdf5 by HDF5 itself; "
           "auto is raw where that can be"),
      WordOf<IoPath>{}, [](auto& c) -> auto& { return c.reconstruction.io_path; }));
}

/// --output-layout and --output-compression, of which `run` takes lists of words, other commands one. Where they are an
/// axis of the grid, points count in plan_id.
[[nodiscard]] inline OptionText stored_images_text(std::string_view name, std::string_view placeholder,
                                                   std::string_view help) {
  return {
      .name = name, .placeholder = placeholder, .help = help, .group = output_group, .audience = Audience::advanced};
}

}  // namespace lauebench
