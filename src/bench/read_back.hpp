#pragma once

#include "config/cancellation.hpp"
#include "io/depth_image.hpp"
#include "probe/reading.hpp"

namespace lauebench {

/// Writes depth images to disk and drops them from this node's page cache, so that who reads them next gets what is
/// stored; up to `threads` files at a time. Returns the largest fraction of its pages that a file has left in the page
/// cache, or why that is not known. Throws Error: io_error, and as `cancellation` does, which is asked before each
/// file.
[[nodiscard]] Reading<double> send_to_storage(StoredDepthImages const& images, int threads,
                                              Cancellation const& cancellation);

}  // namespace lauebench
