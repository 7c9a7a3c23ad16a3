#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "bench/log.hpp"
#include "cluster/binding.hpp"
#include "commands.hpp"
#include "config/say.hpp"
#include "config/shared_options.hpp"
#include "config/words.hpp"
#include "io/convert_images.hpp"

namespace lauebench {

int run_convert_command(ConvertConfig const& config) {
  set_up_logging(config.verbose, Speaker::root, ProgressStyle::silent);
  int const threads =
      config.threads > 0 ? config.threads : std::min(max_kernel_threads, static_cast<int>(current_affinity().size()));
  ConvertedImages const done = convert_images(config, threads);
  if (config.verbose >= 1) {
    say(stdout,
        fmt::format("{} depth images of {} x {} pixels, {}, from {} to {}: {} bytes, digest {}\n", done.shape.depths,
                    done.shape.rows, done.shape.columns, to_word(done.shape.element_type), to_word(done.input_layout),
                    to_word(*config.output_layout), done.bytes_written, done.digest));
  }
  return 0;
}

}  // namespace lauebench
