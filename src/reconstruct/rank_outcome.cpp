#include "reconstruct/rank_outcome.hpp"

namespace lauebench {

double RankOutcome::pixel_steps() const { return static_cast<double>(rows) * columns * images; }

double RankOutcome::depth_voxels() const { return static_cast<double>(rows) * columns * depths; }

}  // namespace lauebench
