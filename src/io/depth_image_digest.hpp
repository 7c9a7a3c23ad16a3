#pragma once

#include <string>

#include "config/cancellation.hpp"
#include "io/depth_image.hpp"

namespace lauebench {

/// Digest of depth images as their files hold them now: the sum modulo 2^128, over all rows of all images, of XXH3-128
/// of the row's bytes with the seed image * rows + row. Neither the order in which rows were computed nor stripes
/// matter. Up to `threads` files are read at once. Returns 32 hexadecimal digits, the most significant first. Throws
/// Error: io_error when one of them cannot be read, is too short or holds something else, and as `cancellation` does,
/// which is asked before each file.
[[nodiscard]] std::string digest_of(StoredDepthImages const& images, int threads,
                                    Cancellation const& cancellation = {});

}  // namespace lauebench
