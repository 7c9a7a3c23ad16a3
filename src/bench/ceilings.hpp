#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/run_record.hpp"
#include "probe/reading.hpp"

/// What a grid point could attain at most, measured apart from its runs, and what its runs made of it.
namespace lauebench {

enum class CeilingKind : std::uint8_t {
  read,            ///< plain reading of the replicas
  write,           ///< plain writing of as many bytes as the depth images have
  memory,          ///< triad
  kernel,          ///< the kernel alone on frames that lie in memory
  copy_to_device,  ///< frames
  copy_to_host,    ///< depth images
  create_files,    ///< as many empty files as there are depth images
  stat_files,      ///< to look at them
  open_files,
};

inline constexpr std::array ceiling_kinds{
    CeilingKind::read,         CeilingKind::write,          CeilingKind::memory,
    CeilingKind::kernel,       CeilingKind::copy_to_device, CeilingKind::copy_to_host,
    CeilingKind::create_files, CeilingKind::stat_files,     CeilingKind::open_files};

/// Those of work that runs are known to spend time on, so that one can be held against the other.
inline constexpr std::array phase_kinds{CeilingKind::read, CeilingKind::write, CeilingKind::kernel,
                                        CeilingKind::copy_to_device, CeilingKind::copy_to_host};

/// When they are measured: all before the first run, reading and writing once more when half of the runs are made and
/// once more after the last one, for shared storage drifts.
enum class CeilingMoment : std::uint8_t { start, middle, end };

/// "start"
[[nodiscard]] std::string_view to_string(CeilingMoment moment);

/// A value for each kind of ceiling.
template <class Value>
class PerCeiling {
 public:
  PerCeiling() = default;
  explicit PerCeiling(Value const& each) { values_.fill(each); }

  [[nodiscard]] Value& operator[](CeilingKind kind) { return values_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] Value const& operator[](CeilingKind kind) const { return values_[static_cast<std::size_t>(kind)]; }

 private:
  std::array<Value, ceiling_kinds.size()> values_{};
};

/// What one rank did in one pass of a measurement. Amounts are bytes, of the kernel pixel-steps, or files.
struct CeilingSample {
  CeilingKind kind = CeilingKind::read;
  double amount = 0.0;
  double seconds = 0.0;
  double run_amount = 0.0;  ///< that this rank has to do in a run of the point; 0 of kinds that are no phase_kinds
};

/// One rank's part of a pass, as it tells rank 0.
struct CeilingPass {
  std::vector<CeilingSample> samples;  ///< none of an idle rank or after an error
  std::string error;                   ///< empty: none
  std::string signal;                  ///< that this rank has caught by now, "SIGINT"; empty: none
};

/// All ranks at the same time, in the pass that took the slowest of them the least time.
struct Ceiling {
  int passes = 0;
  std::vector<CeilingSample> ranks;  ///< in order of rank

  [[nodiscard]] double amount() const;   ///< of all ranks together
  [[nodiscard]] double seconds() const;  ///< of the slowest rank
  [[nodiscard]] double per_second() const { return amount() / seconds(); }
  /// Seconds of what a run has to do, at each rank's rate; of the slowest rank. 0 of kinds that are no phase_kinds.
  [[nodiscard]] double run_s() const;
};

/// What limits a point: of the parts that overlap, the one that takes longest at its ceiling; of reading and writing,
/// which add up, the longer one.
enum class Bottleneck : std::uint8_t { storage_read, storage_write, compute, host_device_copy };

/// "storage-read"
[[nodiscard]] std::string_view to_string(Bottleneck bottleneck);

/// The shortest time that a run of a point can take if its parts overlap without loss.
struct Attainable {
  double seconds = 0.0;  ///< max(kernel, read + write, both copies)
  Bottleneck bottleneck = Bottleneck::storage_read;
};

struct PointCeilings {
  CeilingMoment moment = CeilingMoment::start;
  PerCeiling<Reading<Ceiling>> of{Reading<Ceiling>(Unknown{"it was not measured"})};
  std::string unknown_part;  ///< work of a run that none of them covers, as a reason; empty: there is none

  /// Unknown, with the reason, when one of its parts is.
  [[nodiscard]] Reading<Attainable> attainable() const;
};

/// Of one measurement.
inline constexpr int most_ceiling_passes = 3;

/// Passes of one measurement as they come in.
class CeilingSeries {
 public:
  /// `passes` are all ranks' parts of one pass, in order of rank.
  void add(std::vector<CeilingPass> const& passes);

  /// Short measurements are repeated: the best of a few passes is no accident.
  [[nodiscard]] bool wants_more() const;
  /// The first rank's error, "rank 1: ..."; empty: none.
  [[nodiscard]] std::string const& error() const { return error_; }
  /// A signal that some rank has caught; empty: none.
  [[nodiscard]] std::string const& signal() const { return signal_; }
  /// What was measured, by kind; nothing after an error.
  [[nodiscard]] std::map<CeilingKind, Ceiling> const& ceilings() const { return ceilings_; }

 private:
  void keep_best(std::map<CeilingKind, Ceiling> const& pass);

  std::map<CeilingKind, Ceiling> ceilings_;
  std::string error_;
  std::string signal_;
  int passes_ = 0;
  double spent_s_ = 0.0;
};

/// Seconds that the slowest rank of a successful run was busy with what a ceiling of `kind` was measured for; empty
/// where runs do not tell (no phase_kinds) or had none of it.
[[nodiscard]] std::optional<double> busy_s(RunRecord const& run, CeilingKind kind);

/// What a point's runs attained: its ceilings' seconds over theirs, 1 is all there is to have.
struct AttainedFractions {
  PerCeiling<Reading<double>> of;
  Reading<double> whole;
};

/// `busy` are median busy seconds by kind, `run_s` is the median of total_wall_s; all of successful measured runs.
[[nodiscard]] AttainedFractions attained_fractions(PointCeilings const& ceilings,
                                                   PerCeiling<std::optional<double>> const& busy,
                                                   std::optional<double> run_s);

}  // namespace lauebench
