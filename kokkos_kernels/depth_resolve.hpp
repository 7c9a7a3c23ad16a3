#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <Kokkos_Core.hpp>
#include <unistd.h>

#include "kokkos_kernels/launch_shape.hpp"
#include "kokkos_kernels/pixel_resolver.hpp"

namespace lauebench::kernels {

template <class ExecutionSpace>
using WireView = Kokkos::View<WirePosition*, typename ExecutionSpace::memory_space>;

inline int count_distinct(std::vector<pid_t> thread_ids) {
  std::ranges::sort(thread_ids);
  return static_cast<int>(std::ranges::unique(thread_ids).begin() - thread_ids.begin());
}

/// Distinct threads that run when `space` is asked for `workers`; an instance's concurrency() is not reliable before
/// Kokkos 5.
template <class ExecutionSpace>
int count_threads(ExecutionSpace const& space, int workers) {
  std::vector<pid_t> thread_ids(static_cast<std::size_t>(workers));
  Kokkos::RangePolicy<ExecutionSpace, Kokkos::Schedule<Kokkos::Static>> const policy(space, 0, workers,
                                                                                     Kokkos::ChunkSize(1));
  Kokkos::parallel_for("lauebench::depth_resolve::count_threads", policy,
                       [&](int worker) { thread_ids[static_cast<std::size_t>(worker)] = gettid(); });
  space.fence("lauebench::depth_resolve::count_threads");
  return count_distinct(thread_ids);
}

/// Sends the resolving of a stripe in the memory of `space` to it, one pixel a thread.
template <LaunchShape shape, class ExecutionSpace, class Real>
void resolve_pixels(ExecutionSpace const& space, ResolveConstants const& constants, PixelStripe<Real> const& stripe) {
  auto const pixels = static_cast<std::size_t>(stripe.rows) * static_cast<std::size_t>(constants.columns);
  Kokkos::RangePolicy<ExecutionSpace, Kokkos::IndexType<std::size_t>,
                      Kokkos::LaunchBounds<shape.threads, shape.thread_blocks>> const policy(space, 0, pixels);
  Kokkos::parallel_for(
      "lauebench::depth_resolve::pixels", policy,
      KOKKOS_LAMBDA(std::size_t pixel) { PixelResolver<Real>(constants, stripe).resolve(pixel); });
}

/// What becomes of sums that are there already.
enum class OldSums : unsigned char { replaced, kept };

/// Sends the summing of every depth image over its pixels to `space`, in whose memory images and `sums` lie.
template <class ExecutionSpace>
void sum_depth_images(ExecutionSpace const& space, ResolveConstants const& constants, int rows,
                      void const* depth_images, OldSums old, double* sums) {
  auto const pixels = static_cast<std::size_t>(rows) * static_cast<std::size_t>(constants.columns);
  ElementType const type = constants.output_type;
  using Team = Kokkos::TeamPolicy<ExecutionSpace>;
  Kokkos::parallel_for(
      "lauebench::depth_resolve::sums", Team(space, constants.range.depths, Kokkos::AUTO),
      KOKKOS_LAMBDA(typename Team::member_type const& team) {
        std::size_t const image = static_cast<std::size_t>(team.league_rank()) * pixels;
        double sum = 0.0;
        Kokkos::parallel_reduce(
            Kokkos::TeamThreadRange(team, pixels),
            [&](std::size_t pixel, double& part) { part += load_element(depth_images, type, image + pixel); }, sum);
        Kokkos::single(Kokkos::PerTeam(team), [&]() {
          int const m = team.league_rank();
          sums[m] = old == OldSums::kept ? sums[m] + sum : sum;
        });
      });
}

}  // namespace lauebench::kernels
