#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/cancellation.hpp"
#include "config/config.hpp"
#include "io/depth_claim.hpp"
#include "io/depth_image_writer.hpp"
#include "io/depth_output_checks.hpp"
#include "io/file_descriptor.hpp"
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

/// One reconstruction's depth files (summary left out).
[[nodiscard]] DepthOutputSize output_size(DepthFileTemplate const& file_template, DepthGrid const& depths);

/// Stores each depth image in a file of its own, `<base><m>.h5`, called `<base><m>.h5.part` until `publish`; files of
/// an earlier reconstruction with higher numbers stay. One writer at a time has a base: others are refused as long as
/// it lives. At most one file is open at a time per calling thread.
class DepthFileWriter final : public DepthImageWriter {
 public:
  /// Checks that the folder exists, that none of the files would replace the scan, that there is room for all of
  /// them (require_output_space), and that nothing is in the way of any file; then takes the base (see DepthClaim),
  /// which makes the first part. Throws Error (io_error, bad_input).
  DepthFileWriter(std::filesystem::path const& base, DepthGrid const& depths, DepthFileTemplate file_template,
                  IoPath io_path = IoPath::automatic);
  ~DepthFileWriter() override;

 private:
  enum class State : std::uint8_t { absent, unpublished, published };

  struct File {
    std::once_flag laid_out;
    std::atomic<State> state = State::absent;
  };

  void store_rows(int first_row, int rows, std::span<std::byte const> images,
                  Cancellation const& cancellation) override;
  void sync_files(Cancellation const& cancellation) override;
  void name_files() override;

  [[nodiscard]] File& file(int m) { return files_[static_cast<std::size_t>(m)]; }
  [[nodiscard]] std::filesystem::path final_path(int m) const { return depth_file_path(base(), m); }
  [[nodiscard]] std::filesystem::path part_path(int m) const { return part_of(final_path(m)); }

  void write_part(int m, int first_row, int rows, std::span<std::byte const> image_rows);
  void write_rows_by_call(std::filesystem::path const& path, int first_row,
                          std::span<std::byte const> image_rows) const;
  void lay_out(int m, std::byte const* image);
  void write_and_close(posix::Descriptor& descriptor, std::uint64_t offset, std::span<iovec> pieces,
                       std::filesystem::path const& path) const;

  DepthGrid depths_;
  DepthFileTemplate template_;
  IoPath io_path_;
  std::vector<File> files_;
  std::optional<DepthClaim> claim_;
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
  /// The same of a summary that is known.
  DepthSummary(std::filesystem::path const& base, std::string_view text);
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
