#include "io/chunk_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cluster/helper_threads.hpp"
#include "cluster/monotonic_clock.hpp"
#include "config/error.hpp"
#include "io/fill_value.hpp"

namespace lauebench {

namespace {

using hdf5::check_or_copy_again;

/// Touched stack and heap of a thread.
constexpr std::uint64_t thread_bytes = std::uint64_t{1} << 17U;
/// Of the chunk index, in HDF5's cache, where that is asked for each chunk.
constexpr std::uint64_t index_bytes = std::uint64_t{4} << 20U;

}  // namespace

/// What one call reads, and where to.
struct ChunkReader::Selection {
  FrameBox box;
  std::span<std::byte> destination;
  ChunkedStack const& stack;

  [[nodiscard]] std::int64_t end_frame() const { return std::int64_t{box.first_frame} + box.frames; }
  [[nodiscard]] std::int64_t end_row() const { return std::int64_t{box.first_row} + box.rows; }

  /// Chunks along frames and rows.
  [[nodiscard]] std::int64_t layers() const {
    return (end_frame() - 1) / shape()[0] - box.first_frame / shape()[0] + 1;
  }
  [[nodiscard]] std::int64_t tiers() const { return (end_row() - 1) / shape()[1] - box.first_row / shape()[1] + 1; }
  [[nodiscard]] std::int64_t chunk_count() const { return layers() * tiers() * stack.chunks[2]; }

  /// Of a chunk, numbered in the order of the file.
  [[nodiscard]] Corner corner(std::int64_t chunk) const {
    std::int64_t const across = stack.chunks[2];
    return {(box.first_frame / shape()[0] + chunk / (tiers() * across)) * shape()[0],
            (box.first_row / shape()[1] + chunk / across % tiers()) * shape()[1], chunk % across * shape()[2]};
  }

  /// `copy(first, part)` for each run of values that are neighbours in the chunk and in the destination: `first` is the
  /// number of its first value in the chunk, `part` its place.
  template <class Copy>
  void for_each_run(Corner const& at, Copy const& copy) const {
    std::int64_t const end = std::min(end_frame(), at[0] + shape()[0]);
    std::int64_t const top = std::max<std::int64_t>(box.first_row, at[1]);
    std::int64_t const bottom = std::min(end_row(), at[1] + shape()[1]);
    for (std::int64_t frame = std::max<std::int64_t>(box.first_frame, at[0]); frame < end && top < bottom; ++frame) {
      copy_rows(at, {frame, top, bottom}, copy);
    }
  }

  /// Where a chunk goes as it is; empty where it is cut or scattered.
  [[nodiscard]] std::span<std::byte> place_of_whole(Corner const& at) const {
    bool const is_inside = at[0] >= box.first_frame && at[0] + shape()[0] <= end_frame() && at[1] >= box.first_row &&
                           at[1] + shape()[1] <= end_row();
    bool const is_joined = shape()[2] == stack.shape[2] && (shape()[0] == 1 || shape()[1] == box.rows);
    return is_inside && is_joined ? part({at[0], at[1], 0}, shape()[0] * shape()[1] * shape()[2])
                                  : std::span<std::byte>();
  }

 private:
  struct Rows {
    std::int64_t frame;
    std::int64_t top;
    std::int64_t bottom;
  };

  [[nodiscard]] Corner const& shape() const { return stack.format.shape; }

  /// `values` values of the destination from `from` on.
  [[nodiscard]] std::span<std::byte> part(Corner const& from, std::int64_t values) const {
    std::int64_t const row = (from[0] - box.first_frame) * box.rows + from[1] - box.first_row;
    auto const first = static_cast<std::size_t>(row * stack.shape[2] + from[2]);
    return destination.subspan(first * stack.format.value_bytes,
                               static_cast<std::size_t>(values) * stack.format.value_bytes);
  }

  template <class Copy>
  void copy_rows(Corner const& at, Rows const& rows, Copy const& copy) const {
    std::int64_t const width = std::min(shape()[2], stack.shape[2] - at[2]);
    bool const is_joined = shape()[2] == stack.shape[2];
    std::int64_t const height = is_joined ? rows.bottom - rows.top : 1;
    for (std::int64_t row = rows.top; row < rows.bottom; row += height) {
      std::int64_t const in_chunk = ((rows.frame - at[0]) * shape()[1] + row - at[1]) * shape()[2];
      copy(static_cast<std::size_t>(in_chunk), part({rows.frame, row, at[2]}, height * width));
    }
  }
};

ChunkReader::ChunkReader(ScanInfo const& info, ChunkedStack chunked, posix::Descriptor file, hdf5::Handle stack,
                         int threads, std::uint64_t memory_limit_bytes)
    : scan_(info.path), chunked_(std::move(chunked)), file_(std::move(file)) {
  if (chunked_.places.empty()) {
    stack_ = std::move(stack);
  }
  require_places_in_file();
  std::uint64_t const room = std::max<std::uint64_t>(1, memory_limit_bytes / 8 / worker_bytes());
  auto const useful = std::min<std::uint64_t>(static_cast<std::uint64_t>(std::max(1, threads)),
                                              static_cast<std::uint64_t>(chunked_.chunk_count()));
  for (std::uint64_t i = 0; i < std::min(useful, room); ++i) {
    workers_.push_back({ChunkDecoder(chunked_.format), nullptr, {}});
  }
}

void ChunkReader::require_places_in_file() const {
  auto const problem = fmt::format("scan '{}' cannot be used", scan_.string());
  std::uint64_t const size = chunked_.places.empty() ? 0 : size_of(file_, problem);
  for (ChunkPlace const& place : chunked_.places) {
    if (place.bytes > 0 && (place.offset > size || place.bytes > size - place.offset)) {
      throw bad_input(problem,
                      fmt::format("the file is truncated: a chunk needs bytes {} to {}, the file has {}", place.offset,
                                  place.offset + place.bytes, size),
                      "copy it again from its source");
    }
  }
}

/// Only rows of whole chunks that are as wide as frames, and stored as they are, can be read alone.
bool ChunkReader::comes_whole() const {
  return chunked_.format.shuffle == ByteShuffle::on || chunked_.format.gzip_level > 0 ||
         chunked_.format.shape[2] != chunked_.shape[2];
}

std::uint64_t ChunkReader::worker_bytes() const {
  return (comes_whole() ? ChunkDecoder::memory_bytes(chunked_.format) + most_stored_bytes(chunked_.format) : 0) +
         thread_bytes;
}

std::uint64_t ChunkReader::buffer_bytes() const {
  return worker_bytes() * workers_.size() + (chunked_.places.empty() ? index_bytes : 0);
}

std::int64_t ChunkReader::row_unit() const { return comes_whole() ? chunked_.format.shape[1] : 1; }

ChunkSeconds ChunkReader::seconds() const {
  ChunkSeconds sum;
  for (Worker const& worker : workers_) {
    sum.read += worker.seconds.read;
    sum.decompress += worker.seconds.decompress;
  }
  return sum;
}

int ChunkReader::close() {
  stack_.reset();
  return file_.close();
}

void ChunkReader::read(FrameBox const& box, std::span<std::byte> destination, Cancellation const& cancellation) {
  Selection const selection{box, destination, chunked_};
  share_out(workers_.size(), selection.chunk_count(), [&](std::size_t thread, std::int64_t chunk) {
    cancellation.throw_if_due();
    read_chunk(workers_[thread], selection, chunk);
  });
}

std::string ChunkReader::problem_with(std::int64_t first_frame) const {
  std::int64_t const end = std::min(first_frame + chunked_.format.shape[0], chunked_.shape[0]);
  return fmt::format("cannot read frames {} to {} of scan '{}'", first_frame, end - 1, scan_.string());
}

void ChunkReader::read_chunk(Worker& worker, Selection const& selection, std::int64_t task) {
  Corner const at = selection.corner(task);
  auto const problem = problem_with(at[0]);
  if (comes_whole() || place_of(at).bytes == 0) {
    read_whole(worker, selection, at, problem);
    return;
  }
  double const start_s = monotonic_s();
  read_runs(selection, at, problem);
  worker.seconds.read += monotonic_s() - start_s;
}

void ChunkReader::read_runs(Selection const& selection, Corner const& at, std::string const& problem) const {
  ChunkPlace const& place = place_of(at);
  require_whole_chunk(chunked_.format, place.bytes, problem);
  selection.for_each_run(at, [&](std::size_t first, std::span<std::byte> destination) {
    read_all(file_, place.offset + first * chunked_.format.value_bytes, destination, problem);
  });
}

void ChunkReader::read_whole(Worker& worker, Selection const& selection, Corner const& at,
                             std::string const& problem) const {
  double const start_s = monotonic_s();
  StoredChunk const stored = fetch(worker, at, problem);
  double const fetched_s = monotonic_s();
  std::span<std::byte> const whole = selection.place_of_whole(at);
  if (stored.bytes.empty()) {
    selection.for_each_run(
        at, [this](std::size_t, std::span<std::byte> destination) { fill(chunked_.fill_value, destination); });
  } else if (!whole.empty()) {
    worker.decoder.decode_to(whole, stored.bytes, stored.filter_mask, problem);
  } else {
    DecodedChunk const chunk = worker.decoder.decode(stored.bytes, stored.filter_mask, problem);
    selection.for_each_run(
        at, [&chunk](std::size_t first, std::span<std::byte> destination) { chunk.copy(first, destination); });
  }
  worker.seconds.read += fetched_s - start_s;
  worker.seconds.decompress += monotonic_s() - fetched_s;
}

ChunkPlace const& ChunkReader::place_of(Corner const& at) const {
  auto const& shape = chunked_.format.shape;
  std::int64_t const tier = at[0] / shape[0] * chunked_.chunks[1] + at[1] / shape[1];
  return chunked_.places[static_cast<std::size_t>(tier * chunked_.chunks[2] + at[2] / shape[2])];
}

ChunkReader::StoredChunk ChunkReader::fetch(Worker& worker, Corner const& at, std::string const& problem) const {
  if (chunked_.places.empty()) {
    return fetch_through_hdf5(worker, at, problem);
  }
  ChunkPlace const& place = place_of(at);
  std::span<std::byte> const bytes = room_for(worker, place.bytes, problem);
  read_all(file_, place.offset, bytes, problem);
  return {bytes, place.filter_mask};
}

ChunkReader::StoredChunk ChunkReader::fetch_through_hdf5(Worker& worker, Corner const& at,
                                                         std::string const& problem) const {
  std::vector<hsize_t> const first = chunked_.in_dataset(at);
  hdf5::Scope const scope;
  hsize_t size = 0;
  bool succeeded = H5Dget_chunk_storage_size(stack_.id(), first.data(), &size) >= 0;
  StoredChunk chunk;
  if (succeeded && size > 0) {
    std::span<std::byte> const bytes = room_for(worker, size, problem);
    succeeded = H5Dread_chunk(stack_.id(), H5P_DEFAULT, first.data(), &chunk.filter_mask, bytes.data()) >= 0;
    chunk.bytes = bytes;
  }
  if (!succeeded) {
    throw Error(ReturnCode::io_error, problem, hdf5::reason(), check_or_copy_again);
  }
  return chunk;
}

std::span<std::byte> ChunkReader::room_for(Worker& worker, std::uint64_t bytes, std::string const& problem) const {
  std::uint64_t const most = most_stored_bytes(chunked_.format);
  if (bytes > most) {
    throw Error(ReturnCode::io_error, problem,
                fmt::format("a chunk is stored in {} bytes, at most {} were expected", bytes, most),
                check_or_copy_again);
  }
  if (!worker.stored) {
    worker.stored = std::make_unique_for_overwrite<std::byte[]>(most);
  }
  return {worker.stored.get(), static_cast<std::size_t>(bytes)};
}

}  // namespace lauebench
