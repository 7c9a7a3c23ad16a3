#include "bench/read_back.hpp"

#include <algorithm>
#include <vector>

#include "cluster/helper_threads.hpp"
#include "staging/eviction.hpp"

namespace lauebench {

Reading<double> send_to_storage(StoredDepthImages const& images, int threads, Cancellation const& cancellation) {
  std::vector<Residency> left(static_cast<std::size_t>(images.files()));
  share_out(static_cast<std::size_t>(std::clamp(threads, 1, images.files())), images.files(),
            [&](std::size_t /*thread*/, std::int64_t image) {
              cancellation.throw_if_due();
              auto const path = images.file(image);
              int attempts = 0;
              left[static_cast<std::size_t>(image)] = evict(open_depth_image(path), path, attempts);
            });
  double most = 0.0;
  for (Residency const& residency : left) {
    if (!residency.fraction) {
      return Unknown{residency.reason};
    }
    most = std::max(most, *residency.fraction);
  }
  return most;
}

}  // namespace lauebench
