#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "config/cancellation.hpp"
#include "config/config.hpp"
#include "io/depth_image.hpp"

namespace lauebench {

/// Stores depth images stripe by stripe, in one layout. Files carry names that no reader takes for complete ones until
/// `publish`; the destructor removes those that were not published.
class DepthImageWriter {
 public:
  virtual ~DepthImageWriter() = default;
  DepthImageWriter(DepthImageWriter const&) = delete;
  DepthImageWriter& operator=(DepthImageWriter const&) = delete;

  /// Makes rows ready to be written, on up to `threads` threads, where the layout has work to do for that
  /// (compression): to be called before `write_rows` of the same rows. Throws std::bad_alloc, std::invalid_argument
  /// when rows and size do not fit, and between two images what `cancellation` has.
  void prepare_rows(int first_row, int rows, std::span<std::byte const> images, int threads,
                    Cancellation const& cancellation = {});

  /// Rows [first_row, first_row + rows) of all depth images, [depths][rows][columns]. Every row is to be written once.
  /// Several threads may write different rows at once. Throws Error (io_error), out of space included (with the bytes
  /// needed and free), std::invalid_argument when rows and size do not fit, and between two images what `cancellation`
  /// has. A process that may run into a file-size limit should ignore SIGXFSZ.
  void write_rows(int first_row, int rows, std::span<std::byte const> images, Cancellation const& cancellation = {});

  /// fsync of every file (Sync::fsync). Throws Error (io_error), and between two files what `cancellation` has.
  void sync(Sync policy, Cancellation const& cancellation = {});

  /// Gives every file its final name, replacing files of an earlier reconstruction with the same base. Throws Error:
  /// io_error, or reconstruction_error when rows are missing.
  void publish();

  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

 protected:
  DepthImageWriter(std::filesystem::path base, DepthImageShape const& shape) : base_(std::move(base)), shape_(shape) {}

  [[nodiscard]] std::filesystem::path const& base() const { return base_; }
  [[nodiscard]] DepthImageShape const& shape() const { return shape_; }
  void count_bytes(std::uint64_t bytes) { bytes_written_ += bytes; }

 private:
  void require_fitting(int first_row, int rows, std::span<std::byte const> images) const;

  /// Nothing, unless a layout overrides it.
  virtual void encode_rows(int /*first_row*/, int /*rows*/, std::span<std::byte const> /*images*/, int /*threads*/,
                           Cancellation const& /*cancellation*/) {}
  virtual void store_rows(int first_row, int rows, std::span<std::byte const> images,
                          Cancellation const& cancellation) = 0;
  virtual void sync_files(Cancellation const& cancellation) = 0;
  virtual void name_files() = 0;

  std::filesystem::path base_;
  DepthImageShape shape_;
  std::atomic<int> rows_written_ = 0;
  std::atomic<std::uint64_t> bytes_written_ = 0;
};

}  // namespace lauebench
