#include "support/two_cores.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "support/module.hpp"
#include "support/side_by_side.hpp"

namespace lauebench::test {

double speed_of_two_cores(LoadedScan& scan) {
  auto const whole = openmp_backend().make_reconstructor(scan.job, {1, 0});
  auto const upper = openmp_backend().make_reconstructor(scan.job, {1, 0});
  auto const lower = openmp_backend().make_reconstructor(scan.job, {1, 0});
  kernels::Stripe half = scan.stripe();  // twice the same rows: what they hold does not matter
  half.rows /= 2;
  std::vector<std::byte> other_images(scan.images.size() / 2);
  kernels::Stripe other = half;
  other.images = other_images.data();
  auto const times = measure_side_by_side([&] { static_cast<void>(whole->resolve(scan.stripe())); },
                                          [&] {
                                            std::thread beside([&] { static_cast<void>(lower->resolve(other)); });
                                            static_cast<void>(upper->resolve(half));
                                            beside.join();
                                          });
  return std::min(2.0, times.ratio());
}

}  // namespace lauebench::test
