#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <variant>

#include "config/config.hpp"
#include "io/depth_files.hpp"
#include "io/depth_image_writer.hpp"
#include "io/depth_stack.hpp"

/// The one place that knows which layout is written how.
namespace lauebench {

/// Depth images of one reconstruction, as they are to be stored.
struct DepthOutput {
  std::filesystem::path scan;  ///< what stands beside its frames goes into the files, too
  ElementType element_type = ElementType::uint16;
  int rows = 0;
  int columns = 0;
  DepthGrid depths;
  OutputLayout layout = OutputLayout::per_depth;
};

/// What is built in memory before anything is written, in the output's layout.
using DepthOutputTemplate = std::variant<DepthFileTemplate, DepthStackTemplate>;

/// Throws Error (bad_input, io_error) when the scan's metadata cannot be copied.
[[nodiscard]] DepthOutputTemplate make_depth_output_template(DepthOutput const& output);

/// Memory that the template of `output` will hold, give or take some kilobytes, asked for without building it. Throws
/// Error (bad_input, io_error).
[[nodiscard]] std::uint64_t depth_output_template_bytes(DepthOutput const& output);

/// Memory that a template holds.
[[nodiscard]] std::uint64_t held_bytes(DepthOutputTemplate const& file_template);

/// The files that a writer makes from a template.
[[nodiscard]] DepthOutputSize output_size(DepthOutputTemplate const& file_template, DepthGrid const& depths);

/// Checks and takes the names that begin with `base`; see DepthFileWriter and DepthStackWriter. Throws Error (io_error,
/// bad_input).
[[nodiscard]] std::unique_ptr<DepthImageWriter> make_depth_image_writer(std::filesystem::path const& base,
                                                                        DepthGrid const& depths,
                                                                        DepthOutputTemplate file_template,
                                                                        IoPath io_path);

}  // namespace lauebench
