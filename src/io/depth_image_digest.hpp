#pragma once

#include <filesystem>
#include <string>

namespace lauebench {

/// Digest of the depth images `<base>0.h5` to `<base><depths - 1>.h5` as their files hold them now: the sum modulo
/// 2^128, over all rows of all images, of XXH3-128 of the row's bytes with the seed image * rows + row. Neither the
/// order in which rows were computed nor stripes matter. Up to `threads` files are read at once. Returns 32 hexadecimal
/// digits, the most significant first. Throws Error when one of them cannot be read or is too short.
[[nodiscard]] std::string digest_of_depth_images(std::filesystem::path const& base, int depths, int threads);

}  // namespace lauebench
