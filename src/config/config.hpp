#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kokkos_kernels/types.hpp"

/// What the user asked for, merged from command line and configuration file and validated as far as that needs no I/O.
namespace lauebench {

enum class Mode : std::uint8_t { cpu, gpu, both };
enum class Order : std::uint8_t { grid, random };
/// Which ranks of a launch a point uses: those of one node after the other, or of its nodes in turn.
enum class Placement : std::uint8_t { packed, spread };
/// Which cores a rank may use: its share of those that the launcher gave its node's ranks, all of them, or those that
/// the launcher gave it alone.
enum class Binding : std::uint8_t { automatic, none, inherit };
/// Which of the GPUs that it sees a rank computes on: those of its node's ranks in turn, one next to its cores, or the
/// first, which is for launchers that show each rank another one.
enum class GpuPinning : std::uint8_t { round_robin, nearest, none };
/// Whether all nodes of a launch have one staging folder, or each has one of its own at the same path.
enum class StagingScope : std::uint8_t { automatic, shared, node_local };
enum class BackendChoice : std::uint8_t { automatic, openmp, cuda };
enum class DryRun : std::uint8_t { no, yes };
/// Whether a launch goes on where the last one in its results file stopped.
enum class Resume : std::uint8_t { no, yes };
/// What a run that fails means for the runs after it.
enum class AfterFailure : std::uint8_t { go_on, stop };
enum class OversizedPoints : std::uint8_t { refuse, skip };
enum class CeilingMeasurement : std::uint8_t { off, on };
enum class ProgressLine : std::uint8_t { automatic, on };
enum class IoPath : std::uint8_t { automatic, raw, hdf5 };
/// How the depth images of a reconstruction lie in files: each in one of its own, all in one file of the rank's, or in
/// one file together with those of the run's other ranks.
enum class OutputLayout : std::uint8_t { per_depth, per_rank, shared };
enum class Toggle : std::uint8_t { off, on };
enum class Verification : std::uint8_t { none, first, golden };
/// Whether each rank of a run reads a replica of its own, or all read one of each scan.
enum class InputLayout : std::uint8_t { replicas, shared };
/// How ranks read a scan that they share: each past MPI, each by itself through MPI-IO, or together through it.
enum class InputAccess : std::uint8_t { posix, independent, collective };
/// Whether replicas have blocks of their own or share the scan's (reflinks).
enum class ReplicaBlocks : std::uint8_t { own, shared };
/// Whether depth images leave memory before they are verified.
enum class ReadBack : std::uint8_t { off, on };
/// Whether what was written is waited for until it is on disk.
enum class Sync : std::uint8_t { none, fsync };
/// What is done to the page cache before a run.
enum class CachePolicy : std::uint8_t { warm, cold, none };
/// Whether what is listed for removal is removed, too.
enum class Removal : std::uint8_t { listed, done };
enum class InfoFormat : std::uint8_t { text, json };
enum class ByteShuffle : std::uint8_t { off, on };
enum class CountNoise : std::uint8_t { none, poisson };

/// What a number of reconstructions at a time counts.
enum class CountedOn : std::uint8_t { launch, node };

/// Reconstructions at a time.
struct ParallelCount {
  // NOLINTNEXTLINE(google-explicit-constructor): a plain number is the usual form
  constexpr ParallelCount(int number = 1, CountedOn counted_on = CountedOn::launch) : count(number), on(counted_on) {}

  int count;
  CountedOn on;

  friend auto operator<=>(ParallelCount const&, ParallelCount const&) = default;
};

/// Frames, rows and columns.
using ChunkShape = std::array<std::int64_t, 3>;

struct DepthRange {
  double start_um = 0.0;
  double end_um = 0.0;

  friend bool operator==(DepthRange const&, DepthRange const&) = default;
};

enum class LimitSource : std::uint8_t { standard, asked };

/// Of one reconstruction's (rank's) memory. Where a node has less, the standard one is lowered, and `run` leaves out
/// the points that do not have one that was asked for.
struct MemoryLimit {
  std::int64_t mib = 8192;
  LimitSource source = LimitSource::standard;

  friend bool operator==(MemoryLimit const&, MemoryLimit const&) = default;
};

/// The reconstruction's own parameters; the same for `run` and `reconstruct`.
struct ReconstructionParameters {
  DepthRange depth_range;
  double resolution_um = 1.0;
  WireEdge wire_edge = WireEdge::leading;
  int detector = 0;
  double percent_brightest = 100.0;
  std::optional<ElementType> output_type;  ///< empty: the scan's, or int32 with WireEdge::both
  CosmicFilter cosmic_filter = CosmicFilter::off;
  AreaRule area_rule = AreaRule::peer;
  Precision precision = Precision::double_precision;  ///< of `run`: its points', see parameters_of
  KernelLoop kernel_loop = KernelLoop::automatic;
  MemoryLimit memory_limit;
  std::optional<std::int64_t> gpu_memory_limit_mib;  ///< per reconstruction (rank); empty: its share
  std::optional<int> rows_per_stripe;                ///< empty: a quarter, or fewer as the memory limit has it
  IoPath io_path = IoPath::automatic;
  OutputLayout output_layout = OutputLayout::per_depth;  ///< of `run`: its points', as the next
  int output_gzip_level = 0;  ///< of depth images, not with OutputLayout::per_depth; 0: not compressed

  friend bool operator==(ReconstructionParameters const&, ReconstructionParameters const&) = default;
};

/// Whether depth images of a layout can be compressed like that: other programs read depth files as they are.
[[nodiscard]] inline bool can_be_stored(OutputLayout layout, int gzip_level) {
  return gzip_level == 0 || layout != OutputLayout::per_depth;
}

/// A hint to MPI-IO, as MPI_Info has it.
struct MpiHint {
  std::string key;
  std::string value;

  friend bool operator==(MpiHint const&, MpiHint const&) = default;
};

/// How the ranks of a run write their file of OutputLayout::shared.
struct SharedFileOptions {
  std::optional<Toggle> collective;  ///< whether ranks write each stripe together; empty: on
  /// Bytes; HDF5 places what is at least so large at multiples of it. Empty: 1, anywhere.
  std::optional<std::int64_t> alignment_bytes;
  std::optional<Toggle> collective_metadata;  ///< where HDF5 writes the images itself; empty: on
  std::vector<MpiHint> mpi_hints;

  friend bool operator==(SharedFileOptions const&, SharedFileOptions const&) = default;
};

/// 0 errors, 1 progress and table, 2 every run and staging step, 3 every phase.
using Verbosity = int;

/// `--profile kokkos:LIBRARY`: the Kokkos Tools library; empty: none.
using KokkosTool = std::string;

struct RunConfig {
  std::vector<std::filesystem::path> h5;  ///< replicas are copies of them in turn
  std::filesystem::path geometry;
  std::vector<std::filesystem::path> staging_dirs;  ///< targets, one at least; each gets the whole grid
  StagingScope staging_scope = StagingScope::automatic;
  InputLayout input_layout = InputLayout::replicas;
  InputAccess input_access = InputAccess::posix;  ///< with InputLayout::shared
  int stage_copies = 4;                           ///< replicas that are copied to one folder at once
  ReplicaBlocks replica_blocks = ReplicaBlocks::own;
  std::string stripe_input{};   ///< arguments of lfs setstripe for the replicas' folder; empty: its layout is let be
  std::string stripe_output{};  ///< the same for each run's folder
  ReconstructionParameters reconstruction;
  SharedFileOptions shared_file{};  ///< with OutputLayout::shared; its hints with InputAccess through MPI-IO, too
  Mode mode = Mode::both;
  std::vector<ParallelCount> cpu_parallel{1, 2};
  std::vector<int> cpu_threads{1, 2};
  std::vector<ParallelCount> gpu_parallel{1, 2};
  std::optional<std::vector<int>> nodes{};  ///< an axis of the grid; empty: every point may use all nodes
  std::optional<Placement> placement{};     ///< empty: packed, or spread with `nodes`
  std::vector<Precision> precisions{Precision::double_precision};
  std::vector<OutputLayout> output_layouts{OutputLayout::per_depth};
  std::vector<int> output_gzip_levels{0};   ///< of layouts that can be compressed; 0: not compressed
  std::optional<int> runs;                  ///< measured, of each point; empty: 1, or as target_ci_percent has it
  std::optional<double> target_ci_percent;  ///< half-width at which a point is repeated no more; empty: runs fixes it
  std::optional<int> max_runs;              ///< of each point, with target_ci_percent; empty: default_max_runs
  std::optional<double> sustain_s;          ///< how long one point is repeated; empty: runs or target_ci_percent says
  std::optional<double> time_limit_s;       ///< of the whole launch, from its start; empty: none
  std::optional<double> reconstruction_timeout_s{};  ///< of each reconstruction, from its start; empty: none
  AfterFailure after_failure = AfterFailure::go_on;
  Binding bind = Binding::automatic;
  GpuPinning gpu_pinning = GpuPinning::round_robin;
  int warmup = 0;
  CeilingMeasurement ceilings = CeilingMeasurement::off;
  Sync sync = Sync::fsync;
  CachePolicy cache = CachePolicy::warm;
  std::string before_run{};  ///< for the shell, on every node before each run; empty: nothing
  Verification verify = Verification::first;
  ReadBack read_back = ReadBack::off;
  std::filesystem::path golden_digest{};  ///< what Verification::golden holds depth images against; may be empty else
  std::optional<Order> order;             ///< empty: random from 2 runs on
  std::optional<std::uint64_t> seed;      ///< empty: drawn at start, recorded
  std::filesystem::path results;          ///< empty: choose_results
  std::filesystem::path trace{};          ///< empty: none is written
  std::filesystem::path telemetry{};      ///< likewise
  std::string tag;
  std::vector<std::string> only;  ///< point ids; empty: all
  Resume resume = Resume::no;
  DryRun dry_run = DryRun::no;
  OversizedPoints oversized = OversizedPoints::refuse;
  ProgressLine progress = ProgressLine::automatic;
  KokkosTool profile{};
  Verbosity verbose = 1;

  friend bool operator==(RunConfig const&, RunConfig const&) = default;
};

/// Of a point whose number of runs target_ci_percent decides: never fewer succeed, and this many are made at most.
inline constexpr int least_target_ci_runs = 6;
inline constexpr int default_max_runs = 100;

/// Measured runs of each point: all of them, or with target_ci_percent the most.
[[nodiscard]] inline int most_runs(RunConfig const& config) {
  return config.target_ci_percent ? config.max_runs.value_or(default_max_runs) : config.runs.value_or(1);
}

[[nodiscard]] inline Placement placement_of(RunConfig const& config) {
  return config.placement.value_or(config.nodes ? Placement::spread : Placement::packed);
}

/// Where the results go as a rule when nothing else is said (choose_results).
[[nodiscard]] inline std::filesystem::path default_results(RunConfig const& config) {
  return config.staging_dirs.front() / "results.jsonl";
}

struct ReconstructConfig {
  std::filesystem::path h5;
  std::filesystem::path geometry;
  std::filesystem::path output;  ///< base: files <output><m>.h5, or <output>.h5 with OutputLayout::per_rank
  ReconstructionParameters reconstruction;
  BackendChoice backend = BackendChoice::automatic;
  int threads = 0;  ///< 0: all cores this process may use
  int device = 0;
  KokkosTool profile{};
  Verbosity verbose = 1;

  friend bool operator==(ReconstructConfig const&, ReconstructConfig const&) = default;
};

/// A pixel of the whole detector, not binned.
struct DetectorPixel {
  int x = 0;
  int y = 0;

  friend bool operator==(DetectorPixel const&, DetectorPixel const&) = default;
};

struct GenerateConfig {
  std::filesystem::path output;
  int count = 1;  ///< scans; more than one have numbers in their names and seeds of their own
  std::filesystem::path geometry;
  int detector = 0;
  int rows = 256;
  int columns = 256;
  int images = 201;  ///< stored frames are images + 1: frame 0 is not used
  DepthRange depth_range{0.0, 100.0};
  std::optional<DetectorPixel> region_start;  ///< empty: the region of interest lies in the detector's middle
  int bin_x = 1;
  int bin_y = 1;
  ElementType element_type = ElementType::uint16;
  std::optional<ChunkShape> chunk;  ///< as given; chunk_shape() says what is used
  int gzip_level = 0;               ///< 0: not compressed
  ByteShuffle shuffle = ByteShuffle::off;
  std::optional<double> wire_step_um;  ///< empty: so that the scan covers the depth range
  int grains = 12;
  double amplitude_counts = 20000.0;
  double background_counts = 20.0;
  CountNoise noise = CountNoise::poisson;
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0: all cores
  Verbosity verbose = 1;

  friend bool operator==(GenerateConfig const&, GenerateConfig const&) = default;
};

struct InfoConfig {
  InfoFormat format = InfoFormat::text;

  friend bool operator==(InfoConfig const&, InfoConfig const&) = default;
};

struct CleanConfig {
  std::filesystem::path staging_dir;
  Removal removal = Removal::listed;

  friend bool operator==(CleanConfig const&, CleanConfig const&) = default;
};

struct ConvertConfig {
  std::filesystem::path input;                ///< base, as of `reconstruct`
  std::filesystem::path output;               ///< base
  std::optional<OutputLayout> input_layout;   ///< empty: that of the files that are there
  std::optional<OutputLayout> output_layout;  ///< always given
  int output_gzip_level = 0;                  ///< not with OutputLayout::per_depth; 0: not compressed
  std::optional<int> rank{};                  ///< whose images of a file of OutputLayout::shared are read; empty: 0
  int threads = 0;                            ///< 0: all cores
  Verbosity verbose = 1;

  friend bool operator==(ConvertConfig const&, ConvertConfig const&) = default;
};

using Command = std::variant<RunConfig, ReconstructConfig, GenerateConfig, InfoConfig, CleanConfig, ConvertConfig>;

}  // namespace lauebench
