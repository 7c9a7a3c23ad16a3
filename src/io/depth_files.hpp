#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/cancellation.hpp"
#include "config/config.hpp"
#include "kokkos_kernels/types.hpp"

/// The established output: one HDF5 file per depth, `<base><m>.h5`, and `<base>summary.txt`.
namespace lauebench {

/// What all depth files of a reconstruction have in common: the scan's file without the stack of frames, without
/// /entry1/wire and without links that lead to the stack, plus an image of [rows][columns] and one depth. Built once in
/// memory (core driver, early allocation); every file is these bytes with two places replaced.
struct DepthFileTemplate {
  std::vector<std::byte> bytes;    ///< a whole file; the image's place holds zeros
  std::uint64_t image_offset = 0;  ///< of [rows][columns] elements
  std::uint64_t depth_offset = 0;  ///< of one float64, micrometres
  int rows = 0;
  int columns = 0;
  ElementType element_type = ElementType::uint16;
  std::filesystem::path scan;  ///< what it was made from; never replaced by a depth file
};

/// `rows` and `columns` are those of the scan's frames. Throws Error (bad_input, io_error) when the scan's metadata
/// cannot be copied.
[[nodiscard]] DepthFileTemplate make_depth_file_template(std::filesystem::path const& scan, ElementType element_type,
                                                         int rows, int columns);

/// Bytes that `make_depth_file_template` will find for its template, give or take some kilobytes: the image and what
/// the scan holds beside its frames, asked for without reading it. Throws Error (bad_input, io_error).
[[nodiscard]] std::uint64_t depth_file_template_bytes(std::filesystem::path const& scan, ElementType element_type,
                                                      int rows, int columns);

/// How depth images get into their files: `automatic` and `raw` by system calls, `hdf5` by HDF5. What stands beside the
/// image comes from the template in either case.
[[nodiscard]] std::string_view write_path(IoPath asked);

/// Bytes of one reconstruction's depth files together (summary left out).
[[nodiscard]] std::uint64_t output_bytes(DepthFileTemplate const& file_template, DepthGrid const& depths);

/// Writes depth images stripe by stripe. Files are called `<base><m>.h5.part` until `publish`; the destructor removes
/// those that were not published. One writer at a time has a base: others are refused as long as it lives. At most one
/// file is open at a time per calling thread.
class DepthFileWriter {
 public:
  /// Checks that the folder exists, that none of the files would replace the scan, that `output_bytes` and enough
  /// inodes are free (files of an earlier reconstruction do not count as free: they stay until `publish`), and that
  /// nothing is in the way of any file; then takes the base (see DepthClaim), which makes the first part. Throws Error
  /// (io_error, bad_input).
  DepthFileWriter(std::filesystem::path base, DepthGrid const& depths, DepthFileTemplate file_template,
                  IoPath io_path = IoPath::automatic);
  ~DepthFileWriter();
  DepthFileWriter(DepthFileWriter const&) = delete;
  DepthFileWriter& operator=(DepthFileWriter const&) = delete;

  /// Rows [first_row, first_row + rows) of all depth images; `images` is [depths][rows][columns] of the template's
  /// element type. Every row is to be written once. Several threads may write different rows at once. Throws Error
  /// (io_error), out of space included (with the bytes needed and free), std::invalid_argument when rows and size do
  /// not fit, and between two files what `cancellation` has. A process that may run into a file-size limit should
  /// ignore SIGXFSZ.
  void write_rows(int first_row, int rows, std::span<std::byte const> images, Cancellation const& cancellation = {});

  /// fsync of every file (Sync::fsync). Throws Error (io_error), and between two files what `cancellation` has.
  void sync(Sync policy, Cancellation const& cancellation = {});

  /// Renames every `.part` file to its final name, replacing files of an earlier reconstruction with the same base
  /// (those with higher numbers stay). Throws Error: io_error, or reconstruction_error when rows are missing.
  void publish();

  [[nodiscard]] std::uint64_t bytes_written() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Name of the parameter that is every summary's first line.
inline constexpr std::string_view first_summary_parameter = "scan";

/// One line of `<base>summary.txt`'s head, "name: value". Values lie below one another.
struct SummaryParameter {
  std::string name;
  std::string value;
};

/// `<base>summary.txt`: parameters, then per depth its index, depth (um) and total intensity (sum of the stored
/// values). It is called `<base>summary.txt.part` until `publish`; the destructor removes what was not published.
class DepthSummary {
 public:
  /// Writes the file. Throws Error (io_error), std::invalid_argument unless there is one total per depth.
  DepthSummary(std::filesystem::path const& base, std::span<SummaryParameter const> parameters, DepthGrid const& depths,
               std::span<double const> totals);
  ~DepthSummary();
  DepthSummary(DepthSummary const&) = delete;
  DepthSummary& operator=(DepthSummary const&) = delete;

  /// fsync of the file (Sync::fsync). Throws Error (io_error).
  void sync(Sync policy) const;

  /// Throws Error (io_error).
  void publish();

 private:
  [[nodiscard]] std::string part_path() const { return final_path_ + ".part"; }

  std::string final_path_;
  bool published_ = false;
};

/// fsync of the folder that holds the files of `base`, so that the names given by `publish` last. Throws Error
/// (io_error).
void sync_names(std::filesystem::path const& base);

}  // namespace lauebench
