#pragma once

#include <memory>

#include "io/depth_image_reader.hpp"

namespace lauebench {

/// Depth images of a file that holds them all in chunks, at `place`: decompressed as they are read, a chunk's rows at a
/// time. Throws Error (io_error) when they cannot be read, or have filters that this program does not write.
[[nodiscard]] std::unique_ptr<DepthImageReader> open_chunked_images(StoredDepthImages const& images,
                                                                    ImagePlace const& place);

}  // namespace lauebench
