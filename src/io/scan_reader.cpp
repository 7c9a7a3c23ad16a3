#include "io/scan_reader.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_types.hpp"
#include "io/scan_metadata.hpp"
#include "io/scan_stack.hpp"

namespace lauebench {

namespace {

/// Chunks per H5Dread: HDF5 keeps about 2 KB of selections for each chunk that a call touches.
constexpr std::int64_t chunks_per_call = 1024;
/// What HDF5 keeps beside chunks: selections, the chunk index, its conversion buffers (defaults of 1 MiB).
constexpr std::int64_t library_bytes = 4 * 1024 * 1024;

/// A file of a few kilobytes can claim to hold thousands of millions of frames.
void require_memory(ScanInfo const& info, std::uint64_t limit_bytes) {
  // Positions are held as vectors along the axes while they are put together.
  constexpr std::uint64_t position_bytes = 2 * sizeof(Vec3);
  auto const image_share = static_cast<std::uint64_t>(info.row_bytes()) + position_bytes;
  auto const needed = image_share * static_cast<std::uint64_t>(info.images());
  if (needed > limit_bytes) {
    throw bad_input(fmt::format("scan '{}' does not fit the memory limit", info.path.string()),
                    fmt::format("one row of {} images and the wire's positions need {} bytes, {} are allowed",
                                info.images(), needed, limit_bytes),
                    "raise --memory-limit-mb, or give a scan with fewer images");
  }
}

}  // namespace

class ScanReader::Implementation {
 public:
  Implementation(std::filesystem::path const& path, std::uint64_t memory_limit_bytes) {
    hdf5::Scope const scope;
    info_.path = path;
    auto const name = path.string();
    file_ = hdf5::open_for_reading(path);
    stack_ = open_stack(file_, path);
    describe_stack(stack_, info_);
    refuse_uncorrected_positioner(file_, name);
    require_memory(info_, memory_limit_bytes);
    info_.region = read_region(file_, name);
    require_region_of_frames(info_);
    info_.wire_raw_um = read_wire_positions(file_, name, info_.stored_frames);
    hdf5::Handle const type(H5Dget_type(stack_.id()));
    native_ = H5Tequal(type.id(), hdf5::memory_type(info_.element_type)) > 0;
    if (auto const place = contiguous_place(stack_)) {
      auto raw = open_contiguous(*place, info_);
      if (native_) {
        raw_ = std::move(raw);
        raw_offset_ = place->offset;
        // An open HDF5 file costs half a megabyte and is not needed any more.
        stack_.reset();
        file_.reset();
      }
    }
  }

  [[nodiscard]] ScanInfo const& info() const { return info_; }

  [[nodiscard]] std::int64_t buffer_bytes() const {
    if (raw_.valid()) {
      return 0;
    }
    auto const& chunk = info_.layout.chunk;
    // Filters turn one buffer into another; a filter that enlarges its own as it goes holds a third for a moment.
    bool const buffered = chunk && info_.layout.filtered;
    auto const chunk_bytes =
        buffered ? (*chunk)[0] * (*chunk)[1] * (*chunk)[2] * static_cast<std::int64_t>(size_bytes(info_.element_type))
                 : 0;
    return library_bytes + 3 * chunk_bytes;
  }

  /// [frames][rows][columns] of the stored frames first_frame .. first_frame + frames - 1.
  void read(int first_frame, int frames, int first_row, int rows, std::span<std::byte> destination) {
    auto const part = static_cast<std::size_t>(info_.row_bytes()) * static_cast<std::size_t>(rows);
    if (first_row < 0 || rows < 1 || rows > info_.rows - first_row ||
        destination.size() != part * static_cast<std::size_t>(frames)) {
      throw std::invalid_argument("ScanReader: rows outside the frames, or a destination of another size");
    }
    if (raw_.valid()) {
      read_contiguous(first_frame, frames, first_row, rows, destination);
    } else if (stack_.valid()) {
      read_through_hdf5(first_frame, frames, first_row, rows, destination);
    } else {
      throw std::logic_error("ScanReader: read after close");
    }
  }

  void close() {
    int const error_number = raw_.close();
    stack_.reset();
    file_.reset();
    if (error_number != 0) {
      throw io_error(fmt::format("cannot close scan '{}'", info_.path.string()), error_number,
                     "check the filesystem that holds it");
    }
  }

 private:
  void read_contiguous(int first_frame, int frames, int first_row, int rows, std::span<std::byte> destination) {
    auto const problem = fmt::format("cannot read scan '{}'", info_.path.string());
    auto const image_bytes = static_cast<std::uint64_t>(info_.image_bytes());
    auto const offset = raw_offset_ + static_cast<std::uint64_t>(first_frame) * image_bytes +
                        static_cast<std::uint64_t>(first_row) * static_cast<std::uint64_t>(info_.row_bytes());
    if (rows == info_.rows) {
      read_all(raw_, offset, destination, problem);
      return;
    }
    auto const part = destination.size() / static_cast<std::size_t>(frames);
    for (int f = 0; f < frames; ++f) {
      read_all(raw_, offset + static_cast<std::uint64_t>(f) * image_bytes,
               destination.subspan(static_cast<std::size_t>(f) * part, part), problem);
    }
  }

  /// Frames per H5Dread, from `frame` on: whole layers of chunks, so that no chunk is decompressed by two calls.
  [[nodiscard]] int frames_per_call(int frame, int first_row, int rows) const {
    if (!info_.layout.chunk) {
      return info_.stored_frames;
    }
    auto const [chunk_frames, chunk_rows, chunk_columns] = *info_.layout.chunk;
    auto const down = (first_row + rows - 1) / chunk_rows - first_row / chunk_rows + 1;
    auto const across = (info_.columns + chunk_columns - 1) / chunk_columns;
    auto const layers = std::max<std::int64_t>(1, chunks_per_call / (down * across));
    auto const end = (frame / chunk_frames + layers) * chunk_frames;
    return static_cast<int>(std::min<std::int64_t>(end - frame, info_.stored_frames));
  }

  void read_through_hdf5(int first_frame, int frames, int first_row, int rows, std::span<std::byte> destination) {
    auto const part = destination.size() / static_cast<std::size_t>(frames);
    auto const end = first_frame + frames;
    for (int frame = first_frame; frame < end;) {
      int const count = std::min(frames_per_call(frame, first_row, rows), end - frame);
      read_block(frame, count, first_row, rows,
                 destination.subspan(static_cast<std::size_t>(frame - first_frame) * part).data());
      frame += count;
    }
  }

  void read_block(int frame, int count, int first_row, int rows, std::byte* destination) {
    hdf5::Scope const scope;
    std::array<hsize_t, 3> const start{static_cast<hsize_t>(frame), static_cast<hsize_t>(first_row), 0};
    std::array<hsize_t, 3> const extent{static_cast<hsize_t>(count), static_cast<hsize_t>(rows),
                                        static_cast<hsize_t>(info_.columns)};
    hdf5::Handle const in_file(H5Dget_space(stack_.id()));
    hdf5::Handle const in_memory(H5Screate_simple(3, extent.data(), nullptr));
    if (H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr) < 0 ||
        H5Dread(stack_.id(), hdf5::memory_type(info_.element_type), in_memory.id(), in_file.id(), H5P_DEFAULT,
                destination) < 0) {
      throw Error(
          ReturnCode::io_error,
          fmt::format("cannot read frames {} to {} of scan '{}'", frame, frame + count - 1, info_.path.string()),
          hdf5::reason(), "check the file with h5dump or copy it again from its source");
    }
  }

  ScanInfo info_;
  hdf5::Handle file_;
  hdf5::Handle stack_;
  posix::Descriptor raw_;  ///< open when the stack is contiguous and in native byte order: read without HDF5
  std::uint64_t raw_offset_ = 0;
  bool native_ = false;
};

ScanReader::ScanReader(std::filesystem::path const& file, std::uint64_t memory_limit_bytes)
    : implementation_(std::make_unique<Implementation>(file, memory_limit_bytes)) {}
ScanReader::~ScanReader() = default;
ScanReader::ScanReader(ScanReader&&) noexcept = default;
ScanReader& ScanReader::operator=(ScanReader&&) noexcept = default;

ScanInfo const& ScanReader::info() const { return implementation_->info(); }

std::int64_t ScanReader::buffer_bytes() const { return implementation_->buffer_bytes(); }

void ScanReader::read_first_image(std::span<std::byte> destination) {
  implementation_->read(1, 1, 0, info().rows, destination);
}

void ScanReader::read_rows(int first_row, int rows, std::span<std::byte> destination) {
  implementation_->read(1, info().images(), first_row, rows, destination);
}

void ScanReader::close() { implementation_->close(); }

void require_enough_frames(ScanInfo const& info, AreaRule area_rule, CosmicFilter cosmic_filter) {
  bool const filtered = cosmic_filter == CosmicFilter::on;
  bool const conserving = area_rule == AreaRule::conserving;
  int const needed = filtered ? 9 : conserving ? 4 : 5;
  if (info.stored_frames < needed) {
    throw bad_input(fmt::format("scan '{}' has {} frames", info.path.string(), info.stored_frames),
                    fmt::format("{} needs at least {}",
                                filtered     ? "the cosmic filter"
                                : conserving ? "the conserving area rule"
                                             : "the peer area rule",
                                needed),
                    "give a longer scan");
  }
}

}  // namespace lauebench
