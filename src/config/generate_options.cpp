#include "config/option_tables.hpp"
#include "config/shared_options.hpp"

namespace lauebench {
namespace {

constexpr std::string_view scan_group = "Scan";
constexpr std::string_view storage_group = "Storage";
constexpr std::string_view sample_group = "Sample and noise";

/// Pixels along an edge and frames of a stack: above this HDF5 sizes and 32-bit indices would need care for no gain.
constexpr int max_extent = 1'000'000;
/// Images that a reconstruction needs with every area rule: one stored frame more than this, frame 0, is not used.
constexpr int min_images = 4;

using Table = OptionTable<GenerateConfig>;

OptionText advanced(std::string_view name, std::string_view placeholder, std::string_view help, std::string_view group,
                    std::string_view shown_default = {}) {
  return {.name = name,
          .placeholder = placeholder,
          .help = help,
          .group = group,
          .audience = Audience::advanced,
          .shown_default = std::string{shown_default}};
}

void append_extents(Table& table) {
  table.push_back(make_option<GenerateConfig>(
      {.name = "rows", .placeholder = "N", .help = "stored rows (detector y)", .group = scan_group},
      WholeNumber<int>{.minimum = 1, .maximum = max_extent}, [](auto& c) -> auto& { return c.rows; }));
  table.push_back(make_option<GenerateConfig>(
      {.name = "columns", .placeholder = "N", .help = "stored columns (detector x)", .group = scan_group},
      WholeNumber<int>{.minimum = 1, .maximum = max_extent}, [](auto& c) -> auto& { return c.columns; }));
  table.push_back(make_option<GenerateConfig>({.name = "images",
                                               .placeholder = "N",
                                               .help = "wire images; one frame more is stored, the first, which is not "
                                                       "used",
                                               .group = scan_group},
                                              WholeNumber<int>{.minimum = min_images, .maximum = max_extent},
                                              [](auto& c) -> auto& { return c.images; }));
  table.push_back(make_option<GenerateConfig>({.name = "depth-range",
                                               .placeholder = "A:B",
                                               .help = "depths that the wire resolves, um",
                                               .group = scan_group,
                                               .shown_default = "0:100"},
                                              DepthRangeText{}, [](auto& c) -> auto& { return c.depth_range; }));
  table.push_back(make_option<GenerateConfig>(
      {.name = "detector", .placeholder = "0..2", .help = "detector of the geometry file", .group = scan_group},
      WholeNumber<int>{.minimum = 0, .maximum = 2}, [](auto& c) -> auto& { return c.detector; }));
}

void append_region(Table& table) {
  table.push_back(make_option<GenerateConfig>(
      advanced("region", "X,Y", "first pixel of the region of interest, unbinned", scan_group,
               "in the detector's middle"),
      MaybeAbsent<WholeNumberList<int>>{{.entry = {.minimum = 0, .maximum = max_extent},
                                         .min_entries = 2,
                                         .max_entries = 2,
                                         .duplicates = Duplicates::keep,
                                         .advice = "give first column and first row, such as 512,640"}},
      [](GenerateConfig const& c) {
        return c.region_start ? std::optional{std::vector{c.region_start->x, c.region_start->y}} : std::nullopt;
      },
      [](GenerateConfig& c, std::optional<std::vector<int>> const& start) {
        c.region_start = start ? std::optional{DetectorPixel{start->at(0), start->at(1)}} : std::nullopt;
      }));
  table.push_back(make_option<GenerateConfig>(
      advanced("binning", "B or BX,BY", "unbinned pixels per stored pixel, along x and y", scan_group),
      WholeNumberList<int>{.entry = {.minimum = 1, .maximum = max_extent},
                           .max_entries = 2,
                           .duplicates = Duplicates::keep,
                           .advice = "give one positive whole number or two, such as 2 or 2,4"},
      [](GenerateConfig const& c) {
        return std::vector{c.bin_x, c.bin_y};
      },
      [](GenerateConfig& c, std::vector<int> const& bins) {
        c.bin_x = bins.front();
        c.bin_y = bins.back();
      }));
  table.push_back(make_option<GenerateConfig>(advanced("wire-step", "UM", "distance between wire positions, um",
                                                       scan_group, "so that the scan covers the depth range"),
                                              MaybeAbsent<RealNumber>{{.minimum_bound = Bound::excluded}},
                                              [](auto& c) -> auto& { return c.wire_step_um; }));
}

void append_storage(Table& table) {
  table.push_back(make_option<GenerateConfig>({.name = "element-type",
                                               .placeholder = "TYPE",
                                               .help = "float32, int32, int16, uint16, float64, int8 or uint8",
                                               .group = storage_group},
                                              WordOf<ElementType>{}, [](auto& c) -> auto& { return c.element_type; }));
  table.push_back(
      make_option<GenerateConfig>({.name = "compression",
                                   .placeholder = "none|gzip:L",
                                   .help = "HDF5 filter; chunks are whole frames unless --chunk says otherwise",
                                   .group = storage_group},
                                  CompressionText{}, [](auto& c) -> auto& { return c.gzip_level; }));
  table.push_back(make_option<GenerateConfig>(
      advanced("chunk", "F,R,C", "frames, rows and columns of a chunk", storage_group, "contiguous"),
      MaybeAbsent<WholeNumberList<std::int64_t>>{{.entry = {.minimum = 1, .maximum = max_extent},
                                                  .min_entries = 3,
                                                  .max_entries = 3,
                                                  .duplicates = Duplicates::keep,
                                                  .advice = "give frames, rows and columns, such as 1,256,256"}},
      [](GenerateConfig const& c) {
        return c.chunk ? std::optional{std::vector(c.chunk->begin(), c.chunk->end())} : std::nullopt;
      },
      [](GenerateConfig& c, std::optional<std::vector<std::int64_t>> const& chunk) {
        c.chunk = chunk ? std::optional{ChunkShape{chunk->at(0), chunk->at(1), chunk->at(2)}} : std::nullopt;
      }));
  table.push_back(make_option<GenerateConfig>(
      advanced("shuffle", "", "reorder bytes before compression; needs --compression gzip:L", storage_group),
      Switch<ByteShuffle>{ByteShuffle::off, ByteShuffle::on}, [](auto& c) -> auto& { return c.shuffle; }));
}

void append_sample(Table& table) {
  table.push_back(make_option<GenerateConfig>(
      {.name = "grains", .placeholder = "N", .help = "grains with one spot each", .group = sample_group},
      WholeNumber<int>{.minimum = 0, .maximum = max_extent}, [](auto& c) -> auto& { return c.grains; }));
  table.push_back(
      make_option<GenerateConfig>(advanced("amplitude", "COUNTS", "brightest pixel of a spot, counts", sample_group),
                                  RealNumber{}, [](auto& c) -> auto& { return c.amplitude_counts; }));
  table.push_back(
      make_option<GenerateConfig>(advanced("background", "COUNTS", "background of a pixel, counts", sample_group),
                                  RealNumber{}, [](auto& c) -> auto& { return c.background_counts; }));
  table.push_back(make_option<GenerateConfig>(advanced("no-noise", "", "leave out the Poisson noise", sample_group),
                                              Switch<CountNoise>{CountNoise::poisson, CountNoise::none},
                                              [](auto& c) -> auto& { return c.noise; }));
  table.push_back(make_option<GenerateConfig>(
      {.name = "seed", .placeholder = "N", .help = "seed of grains and noise", .group = sample_group},
      WholeNumber<std::uint64_t>{}, [](auto& c) -> auto& { return c.seed; }));
}

Table make_table() {
  Table table;
  table.push_back(make_option<GenerateConfig>({.name = "output",
                                               .placeholder = "SCAN",
                                               .help = "wire scan to write, HDF5",
                                               .group = output_group,
                                               .presence = Presence::required},
                                              PathText{}, [](auto& c) -> auto& { return c.output; }));
  table.push_back(make_option<GenerateConfig>(
      {.name = "count",
       .placeholder = "N",
       .help = "scans that differ in their seeds (--seed, --seed + 1, ...), of two and more called SCAN-0, SCAN-1, ... "
               "with the ending behind the number",
       .group = output_group},
      WholeNumber<int>{.minimum = 1, .maximum = max_count}, [](auto& c) -> auto& { return c.count; }));
  table.push_back(geometry_option<GenerateConfig>());
  append_extents(table);
  append_region(table);
  append_storage(table);
  append_sample(table);
  table.push_back(make_option<GenerateConfig>(
      {.name = "threads", .placeholder = "N", .help = "threads; 0: all cores that it may use", .group = general_group},
      WholeNumber<int>{.minimum = 0, .maximum = max_count}, [](auto& c) -> auto& { return c.threads; }));
  table.push_back(verbose_option<GenerateConfig>());
  return table;
}

}  // namespace

OptionTable<GenerateConfig> const& generate_options() {
  static Table const table = make_table();
  return table;
}

}  // namespace lauebench
