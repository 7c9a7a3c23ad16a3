#include "io/depth_image_writer.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "config/error.hpp"

namespace lauebench {

void DepthImageWriter::require_fitting(int first_row, int rows, std::span<std::byte const> images) const {
  bool const fits = first_row >= 0 && rows >= 1 && first_row <= shape_.rows && rows <= shape_.rows - first_row;
  if (!fits || images.size() !=
                   shape_.row_bytes() * static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(shape_.depths)) {
    throw std::invalid_argument("DepthImageWriter: rows outside the images, or images of another size");
  }
}

void DepthImageWriter::prepare_rows(int first_row, int rows, std::span<std::byte const> images, int threads,
                                    Cancellation const& cancellation) {
  require_fitting(first_row, rows, images);
  encode_rows(first_row, rows, images, threads, cancellation);
}

void DepthImageWriter::write_rows(int first_row, int rows, std::span<std::byte const> images,
                                  Cancellation const& cancellation) {
  require_fitting(first_row, rows, images);
  store_rows(first_row, rows, images, cancellation);
  rows_written_ += rows;
}

void DepthImageWriter::sync(Sync policy, Cancellation const& cancellation) {
  if (policy == Sync::fsync) {
    sync_files(cancellation);
  }
}

void DepthImageWriter::publish() {
  if (rows_written_ != shape_.rows) {
    throw Error(ReturnCode::reconstruction_error, fmt::format("depth images '{}' are not complete", base_.string()),
                fmt::format("{} of {} rows were written", rows_written_.load(), shape_.rows), "report this");
  }
  name_files();
}

}  // namespace lauebench
