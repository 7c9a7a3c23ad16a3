#include "config/chunk_shape.hpp"

#include <string>

#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench {

std::optional<ChunkShape> chunk_shape(GenerateConfig const& config) {
  if (!config.chunk) {
    bool const is_filtered = config.gzip_level > 0 || config.shuffle == ByteShuffle::on;
    return is_filtered ? std::optional(ChunkShape{1, config.rows, config.columns}) : std::nullopt;
  }
  ChunkShape const& chunk = *config.chunk;
  ChunkShape const stack{std::int64_t{config.images} + 1, config.rows, config.columns};
  std::string const problem = fmt::format("--chunk '{}'", fmt::join(chunk, ","));
  auto bytes = static_cast<std::int64_t>(size_bytes(config.element_type));
  for (std::size_t axis = 0; axis < stack.size(); ++axis) {
    if (chunk[axis] < 1 || chunk[axis] > stack[axis]) {
      throw bad_input(problem, fmt::format("the scan has {} frames, rows, columns", fmt::join(stack, ",")),
                      "give a chunk of at least 1,1,1 that is no larger than the scan");
    }
    bytes *= chunk[axis];
  }
  if (bytes > largest_chunk_bytes) {
    throw bad_input(problem, fmt::format("it takes {} bytes, and programs hold whole chunks in memory", bytes),
                    fmt::format("give a chunk of at most {} bytes", largest_chunk_bytes));
  }
  return chunk;
}

}  // namespace lauebench
