#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <variant>

#include "config/config.hpp"
#include "io/compressed_stack.hpp"
#include "io/depth_files.hpp"
#include "io/depth_image_writer.hpp"
#include "io/depth_stack.hpp"
#include "io/shared_output.hpp"
#include "io/shared_stack.hpp"

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
  int gzip_level = 0;                    ///< not with OutputLayout::per_depth; 0: not compressed
  SharedOutput const* shared = nullptr;  ///< the file, with OutputLayout::shared; none in a check: as of one rank
};

/// How a writer is used.
struct DepthWriting {
  IoPath io_path = IoPath::automatic;
  int rows_per_stripe = 1;         ///< but for the last one
  SharedOutput* shared = nullptr;  ///< as of DepthOutput; there in any case
};

/// What is built in memory before anything is written, in the output's layout.
using DepthOutputTemplate =
    std::variant<DepthFileTemplate, DepthStackTemplate, CompressedStackTemplate, SharedStackTemplate>;

/// Throws Error (bad_input, io_error) when the scan's metadata cannot be copied.
[[nodiscard]] DepthOutputTemplate make_depth_output_template(DepthOutput const& output);

/// How depth images get into their files, asked for such a way, layout and compression: "pwrite" by system calls,
/// "mpi-io" by those of MPI, "chunks" compressed without HDF5, "hdf5" by it. What stands beside them comes from the
/// template in any case.
[[nodiscard]] std::string_view write_path(IoPath asked, OutputLayout layout, int gzip_level);

/// Memory that the template of `output` will hold, give or take some kilobytes, asked for without building it. Throws
/// Error (bad_input, io_error).
[[nodiscard]] std::uint64_t depth_output_template_bytes(DepthOutput const& output);

/// Memory that a template holds.
[[nodiscard]] std::uint64_t held_bytes(DepthOutputTemplate const& file_template);

/// Memory that a writer takes whatever the height of stripes.
[[nodiscard]] std::uint64_t writer_bytes(DepthOutputTemplate const& file_template);

/// Memory that a writer takes for each row of a stripe while up to `threads` threads prepare rows.
[[nodiscard]] std::uint64_t prepared_row_bytes(DepthOutputTemplate const& file_template, int threads);

/// The files that a writer makes from a template; of compressed ones the most that they may take.
[[nodiscard]] DepthOutputSize output_size(DepthOutputTemplate const& file_template, DepthGrid const& depths,
                                          int rows_per_stripe);

/// Checks and takes the names that begin with `base`; see DepthFileWriter, DepthStackWriter, CompressedStackWriter,
/// SharedStackWriter.
/// Throws Error (io_error, bad_input).
[[nodiscard]] std::unique_ptr<DepthImageWriter> make_depth_image_writer(std::filesystem::path const& base,
                                                                        DepthGrid const& depths,
                                                                        DepthOutputTemplate file_template,
                                                                        DepthWriting const& writing);

}  // namespace lauebench
