#include "io/scan_reader.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "cluster/shared_file.hpp"
#include "config/error.hpp"
#include "io/chunk_index.hpp"
#include "io/chunk_reader.hpp"
#include "io/chunk_sizes.hpp"
#include "io/file_descriptor.hpp"
#include "io/fill_value.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_types.hpp"
#include "io/scan_metadata.hpp"
#include "io/scan_stack.hpp"
#include "io/shared_input.hpp"

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
  Implementation(std::filesystem::path const& path, ReadOptions const& options)
      : cancellation_(options.cancellation), shared_(options.shared) {
    hdf5::Scope const scope;
    info_.path = path;
    auto const name = path.string();
    file_ = hdf5::open_for_reading(path);
    stack_ = open_stack(file_, path);
    describe_stack(stack_, info_);
    refuse_uncorrected_positioner(file_, name);
    require_memory(info_, options.memory_limit_bytes);
    info_.region = read_region(file_, name);
    require_region_of_frames(info_);
    info_.wire_raw_um = read_wire_positions(file_, name, info_.stored_frames);
    choose_path(options);
    if (shared_ != nullptr) {
      shared_->open(path);
    }
  }

  [[nodiscard]] ScanInfo const& info() const { return info_; }

  [[nodiscard]] ReadPath path() const { return path_; }

  [[nodiscard]] std::int64_t buffer_bytes() const {
    if (path_ == ReadPath::pread) {
      return 0;
    }
    if (path_ == ReadPath::chunks) {
      return static_cast<std::int64_t>(chunks_->buffer_bytes());
    }
    auto const& chunk = info_.layout.chunk;
    // Filters turn one buffer into another; a filter that enlarges its own as it goes holds a third for a moment.
    bool const buffered = chunk && info_.layout.filtered;
    auto const chunk_bytes =
        buffered ? (*chunk)[0] * (*chunk)[1] * (*chunk)[2] * static_cast<std::int64_t>(size_bytes(info_.element_type))
                 : 0;
    return library_bytes + 3 * chunk_bytes + mpi_bytes();
  }

  /// That ranks which read together take beside HDF5.
  [[nodiscard]] std::int64_t mpi_bytes() const {
    return path_ == ReadPath::mpi_collective ? static_cast<std::int64_t>(collective_buffer_bytes) : 0;
  }

  [[nodiscard]] int row_unit() const {
    bool const in_hdf5 = path_ != ReadPath::pread && path_ != ReadPath::chunks && info_.layout.filtered;
    std::int64_t const rows = chunks_ ? chunks_->row_unit() : in_hdf5 ? (*info_.layout.chunk)[1] : 1;
    return static_cast<int>(std::min<std::int64_t>(rows, info_.rows));
  }

  [[nodiscard]] std::optional<double> decompress_share() const {
    if (!info_.layout.filtered) {
      return 0.0;
    }
    if (!chunks_) {
      return std::nullopt;
    }
    ChunkSeconds const seconds = chunks_->seconds();
    double const sum = seconds.read + seconds.decompress;
    return sum > 0.0 ? seconds.decompress / sum : 0.0;
  }

  void read(FrameBox const& box, std::span<std::byte> destination) {
    require_within(box, destination);
    if (closed_) {
      throw std::logic_error("ScanReader: read after close");
    }
    switch (path_) {
      case ReadPath::chunks:
        chunks_->read(box, destination, cancellation_);
        break;
      case ReadPath::pread:
        read_contiguous(box, destination);
        break;
      case ReadPath::hdf5:
      case ReadPath::mpi_independent:
      case ReadPath::mpi_collective:
        read_through_hdf5(box, destination);
        break;
    }
    if (shared_ != nullptr) {
      shared_->remember(box, destination);
    }
  }

  void close() {
    closed_ = true;
    int const error_number = chunks_ ? chunks_->close() : raw_.close();
    stack_.reset();
    file_.reset();
    if (error_number != 0) {
      throw io_error(fmt::format("cannot close scan '{}'", info_.path.string()), error_number,
                     "check the filesystem that holds it");
    }
  }

 private:
  /// Past HDF5 where that is possible and not forbidden. The caller holds a Scope.
  void choose_path(ReadOptions const& options) {
    hdf5::Handle const type(H5Dget_type(stack_.id()));
    bool const is_native = H5Tequal(type.id(), hdf5::memory_type(info_.element_type)) > 0;
    auto const place = contiguous_place(stack_);
    auto raw = place ? open_contiguous(*place, info_) : posix::Descriptor();
    auto const obstacle = place && is_native ? std::string() : chunk_obstacle(stack_, info_);
    if (options.io_path == IoPath::raw && !obstacle.empty()) {
      throw bad_input(fmt::format("scan '{}' cannot be read past HDF5", info_.path.string()),
                      fmt::format("{}: {}", stack_path, obstacle), "leave --io-path out, or give auto or hdf5");
    }
    if (options.access == InputAccess::collective) {
      require_all_filters();
    }
    if (options.access != InputAccess::posix) {
      path_ = options.access == InputAccess::collective ? ReadPath::mpi_collective : ReadPath::mpi_independent;
    }
    if (options.io_path == IoPath::hdf5 || options.access != InputAccess::posix || !obstacle.empty()) {
      fill_value_ = fill_value_left_out(stack_, info_);
      return;
    }
    if (place) {
      path_ = ReadPath::pread;
      raw_ = std::move(raw);
      raw_offset_ = place->offset;
    } else {
      open_chunks(options);
    }
    // An open HDF5 file costs half a megabyte and is not needed any more.
    stack_.reset();
    file_.reset();
  }

  /// HDF5 1.10 runs the whole pipeline over every chunk that it reads collectively, also where filters were left out.
  void require_all_filters() const {
    bool const are_all_there = !info_.layout.filtered || hdf5::visit_stored_chunks(stack_, [](auto const& chunk) {
      return chunk.filters_left_out == 0;
    });
    if (!are_all_there) {
      throw bad_input(fmt::format("scan '{}' cannot be read collectively", info_.path.string()),
                      "filters were left out of some of its chunks (which did not become smaller), or there are too "
                      "many chunks to look at, and HDF5 would get them wrong",
                      "use --input-access independent or posix, or repack the scan in larger chunks");
    }
  }

  void open_chunks(ReadOptions const& options) {
    path_ = ReadPath::chunks;
    ChunkedStack chunked = describe_chunks(stack_, info_);
    auto raw =
        open_regular_file_for_reading(file_of(stack_), fmt::format("cannot read scan '{}'", info_.path.string()));
    // A stack that is still asked for its chunks keeps its file open.
    chunks_.emplace(info_, std::move(chunked), std::move(raw), std::move(stack_), options.threads,
                    options.memory_limit_bytes);
  }

  void require_within(FrameBox const& box, std::span<std::byte const> destination) const {
    auto const part = static_cast<std::size_t>(info_.row_bytes()) * static_cast<std::size_t>(box.rows);
    if (box.first_row < 0 || box.rows < 1 || box.rows > info_.rows - box.first_row ||
        destination.size() != part * static_cast<std::size_t>(box.frames)) {
      throw std::invalid_argument("ScanReader: rows outside the frames, or a destination of another size");
    }
  }

  void read_contiguous(FrameBox const& box, std::span<std::byte> destination) {
    auto const problem = fmt::format("cannot read scan '{}'", info_.path.string());
    auto const image_bytes = static_cast<std::uint64_t>(info_.image_bytes());
    auto const offset = raw_offset_ + static_cast<std::uint64_t>(box.first_frame) * image_bytes +
                        static_cast<std::uint64_t>(box.first_row) * static_cast<std::uint64_t>(info_.row_bytes());
    if (box.rows == info_.rows) {
      read_all(raw_, offset, destination, problem);
      return;
    }
    auto const part = destination.size() / static_cast<std::size_t>(box.frames);
    for (int f = 0; f < box.frames; ++f) {
      cancellation_.throw_if_due();
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

  void read_through_hdf5(FrameBox const& box, std::span<std::byte> destination) {
    auto const part = destination.size() / static_cast<std::size_t>(box.frames);
    auto const end = box.first_frame + box.frames;
    for (int frame = box.first_frame; frame < end;) {
      cancellation_.throw_if_due();
      int const count = std::min(frames_per_call(frame, box.first_row, box.rows), end - frame);
      auto const read = static_cast<std::size_t>(frame - box.first_frame) * part;
      read_block({frame, count, box.first_row, box.rows},
                 destination.subspan(read, static_cast<std::size_t>(count) * part));
      frame += count;
    }
  }

  void read_block(FrameBox const& box, std::span<std::byte> destination) {
    if (!fill_value_.empty()) {
      fill(fill_value_, destination);
    }
    hdf5::Scope const scope;
    auto const problem = fmt::format("cannot read frames {} to {} of scan '{}'", box.first_frame,
                                     box.first_frame + box.frames - 1, info_.path.string());
    if (!are_chunks_whole(stack_, box, info_)) {
      throw hdf5::chunk_of_wrong_size(problem);
    }
    if (shared_ == nullptr) {
      read_frames(stack_, box, info_, destination, problem);
    } else if (!shared_->read(box, info_, destination, problem)) {
      path_ = ReadPath::mpi_independent;
    }
  }

  ScanInfo info_;
  Cancellation cancellation_;
  SharedInput* shared_ = nullptr;
  hdf5::Handle file_;
  hdf5::Handle stack_;
  ReadPath path_ = ReadPath::hdf5;
  std::vector<std::byte> fill_value_;  ///< where HDF5 reads and leaves it out
  posix::Descriptor raw_;              ///< with ReadPath::pread
  std::uint64_t raw_offset_ = 0;
  std::optional<ChunkReader> chunks_;  ///< with ReadPath::chunks
  bool closed_ = false;
};

ScanReader::ScanReader(std::filesystem::path const& file, ReadOptions const& options)
    : implementation_(std::make_unique<Implementation>(file, options)) {}
ScanReader::~ScanReader() = default;
ScanReader::ScanReader(ScanReader&&) noexcept = default;
ScanReader& ScanReader::operator=(ScanReader&&) noexcept = default;

ScanInfo const& ScanReader::info() const { return implementation_->info(); }

std::int64_t ScanReader::buffer_bytes() const { return implementation_->buffer_bytes(); }

ReadPath ScanReader::path() const { return implementation_->path(); }

int ScanReader::row_unit() const { return implementation_->row_unit(); }

std::optional<double> ScanReader::decompress_share() const { return implementation_->decompress_share(); }

void ScanReader::read_first_image(std::span<std::byte> destination) {
  implementation_->read({1, 1, 0, info().rows}, destination);
}

void ScanReader::read_rows(int first_row, int rows, std::span<std::byte> destination) {
  implementation_->read({1, info().images(), first_row, rows}, destination);
}

void ScanReader::close() { implementation_->close(); }

void require_enough_frames(ScanInfo const& info, AreaRule area_rule, CosmicFilter cosmic_filter) {
  bool const filtered = cosmic_filter == CosmicFilter::on;
  bool const conserving = area_rule == AreaRule::conserving;
  // The filter's window takes 7 values; its series holds one less than the images, which are one less than the frames.
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
