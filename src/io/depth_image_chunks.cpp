#include "io/depth_image_chunks.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/error.hpp"
#include "io/chunk_index.hpp"
#include "io/chunk_reader.hpp"
#include "io/hdf5_handle.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {
namespace {

/// What is wrong with the file would be told as of a scan.
template <class Action>
auto reading_again(std::filesystem::path const& file, Action const& action) {
  try {
    return action();
  } catch (Error const& error) {
    if (error.code() != ReturnCode::bad_input && error.code() != ReturnCode::io_error) {
      throw;
    }
    throw Error(ReturnCode::io_error, unreadable_again(file), error.what(), check_who_uses_it);
  }
}

/// What a reader of chunks has to know of the images.
ScanInfo describe(StoredDepthImages const& images, ImagePlace const& place, hdf5::Handle const& dataset) {
  ScanInfo info;
  info.path = images.file(0);
  info.stored_frames = images.count;
  info.rows = images.rows;
  info.columns = images.columns;
  info.element_type = place.type;
  hdf5::Handle const properties(H5Dget_create_plist(dataset.id()));
  int const dimensions = place.ranks ? 4 : 3;
  std::array<hsize_t, 4> chunk{};
  if (H5Pget_chunk(properties.id(), dimensions, chunk.data()) != dimensions || (place.ranks && chunk.front() != 1)) {
    throw Error(ReturnCode::io_error, unreadable_again(info.path), "its chunks are of several ranks, or no images'",
                check_who_uses_it);
  }
  info.layout.chunk.emplace();
  std::transform(chunk.begin() + dimensions - 3, chunk.begin() + dimensions, info.layout.chunk->begin(),
                 [](hsize_t size) { return static_cast<std::int64_t>(size); });
  info.layout.filtered = H5Pget_nfilters(properties.id()) > 0;
  return info;
}

/// Keeps the rows that it has decompressed last.
class ChunkedImage final : public OpenDepthImage {
 public:
  ChunkedImage(ScanInfo const& info, ChunkedStack const& chunks, hdf5::Handle dataset, std::int64_t image)
      : file_(info.path),
        rows_(info.rows),
        row_bytes_(static_cast<std::uint64_t>(info.row_bytes())),
        band_rows_(static_cast<int>(chunks.format.shape[1])),
        image_(static_cast<int>(image)),
        reader_(info, chunks, open_depth_image(info.path), std::move(dataset), 1,
                std::numeric_limits<std::uint64_t>::max()) {}

  void read(std::uint64_t offset, std::span<std::byte> destination) override {
    while (!destination.empty()) {
      auto const row = static_cast<int>(offset / row_bytes_);
      load(row / band_rows_ * band_rows_);
      std::uint64_t const at = offset - static_cast<std::uint64_t>(first_row_) * row_bytes_;
      std::size_t const bytes = std::min<std::uint64_t>(destination.size(), band_.size() - at);
      std::memcpy(destination.data(), band_.data() + at, bytes);
      destination = destination.subspan(bytes);
      offset += bytes;
    }
  }

 private:
  void load(int first_row) {
    if (first_row == first_row_) {
      return;
    }
    int const rows = std::min(band_rows_, rows_ - first_row);
    band_.resize(static_cast<std::size_t>(rows) * row_bytes_);
    first_row_ = -1;
    reading_again(file_, [&] { reader_.read({image_, 1, first_row, rows}, band_, {}); });
    first_row_ = first_row;
  }

  std::filesystem::path file_;
  int rows_;
  std::uint64_t row_bytes_;
  int band_rows_;
  int image_;
  ChunkReader reader_;
  int first_row_ = -1;           ///< of the band; -1: none is there
  std::vector<std::byte> band_;  ///< the rows of one chunk
};

class ChunkedImages final : public DepthImageReader {
 public:
  ChunkedImages(StoredDepthImages const& images, ImagePlace const& place) {
    hdf5::Scope const scope;
    file_ = hdf5::open_for_reading(images.file(0));
    auto const dataset = open_dataset(images.file(0));
    info_ = describe(images, place, dataset);
    if (auto const obstacle = chunk_obstacle(dataset, info_); !obstacle.empty()) {
      throw Error(ReturnCode::io_error, unreadable_again(info_.path), obstacle, check_who_uses_it);
    }
    chunks_ = describe_chunks(dataset, info_, place.ranks ? std::optional(images.rank) : std::nullopt);
    shape_ = {images.count, images.rows, images.columns, place.type};
  }

  [[nodiscard]] DepthImageShape const& shape() const override { return shape_; }

  [[nodiscard]] std::unique_ptr<OpenDepthImage> open(std::int64_t image) const override {
    return reading_again(info_.path, [&]() -> std::unique_ptr<OpenDepthImage> {
      return std::make_unique<ChunkedImage>(info_, chunks_, open_dataset(info_.path), image);
    });
  }

 private:
  [[nodiscard]] hdf5::Handle open_dataset(std::filesystem::path const& file) const {
    return hdf5::open_dataset(file_.id(), stack_path, unreadable_again(file), check_who_uses_it);
  }

  hdf5::Handle file_;
  ScanInfo info_;
  ChunkedStack chunks_;
  DepthImageShape shape_;
};

}  // namespace

std::unique_ptr<DepthImageReader> open_chunked_images(StoredDepthImages const& images, ImagePlace const& place) {
  return reading_again(images.file(0), [&]() -> std::unique_ptr<DepthImageReader> {
    return std::make_unique<ChunkedImages>(images, place);
  });
}

}  // namespace lauebench
