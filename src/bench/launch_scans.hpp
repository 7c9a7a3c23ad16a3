#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "plan/plan.hpp"
#include "reconstruct/reconstruct.hpp"

/// The scans of a launch, of which ranks read replicas in turn.
namespace lauebench {

/// Throws Error (bad_input) when two of them are the same file.
void require_different_scans(std::vector<std::filesystem::path> const& scans);

/// What the launch needs: of figures that differ between scans (bytes) the largest. Throws Error (bad_input) unless all
/// scans have the images, rows, columns and element type of the first: the ranks of a run would not do the same work.
/// `needs` has an entry for each scan.
[[nodiscard]] ReconstructionNeeds join_needs(std::vector<std::filesystem::path> const& scans,
                                             std::vector<ReconstructionNeeds> const& needs);

/// The replicas that are copies of scan number `scan`, "0, 2"; empty: the plan has no rank for it.
[[nodiscard]] std::string replicas_of(std::size_t scan, std::size_t scans, Plan const& plan);

}  // namespace lauebench
