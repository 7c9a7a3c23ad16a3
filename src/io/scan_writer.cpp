#include "io/scan_writer.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/chunk_encoder.hpp"
#include "io/file_descriptor.hpp"
#include "io/free_space.hpp"
#include "io/generated_scan.hpp"
#include "io/hdf5_guarded_file.hpp"
#include "io/hdf5_items.hpp"
#include "io/part_file.hpp"
#include "io/scan_file_layout.hpp"
#include "io/scan_truth_hdf5.hpp"

namespace lauebench {

namespace {

using hdf5::Handle;
namespace fs = std::filesystem;

std::string problem_of(fs::path const& output) { return fmt::format("cannot write scan '{}'", output.string()); }

void check_free_space(fs::path const& output, std::uint64_t needed_bytes) {
  std::uint64_t const free_bytes = free_space(folder_of(output)).bytes;
  if (needed_bytes > free_bytes) {
    throw bad_input(problem_of(output), fmt::format("{} bytes are needed, {} bytes are free", needed_bytes, free_bytes),
                    "make space or choose another folder");
  }
}

}  // namespace

PreviousScan check_scan_target(fs::path const& output) {
  auto const problem = problem_of(output);
  if (!output.has_filename()) {
    throw bad_input(problem, "the name of a file is missing", "give a file name");
  }
  std::error_code error;
  if (!fs::is_directory(folder_of(output), error)) {
    throw bad_input(problem, fmt::format("there is no folder '{}'", folder_of(output).string()),
                    "make the folder first");
  }
  auto const target = fs::symlink_status(output, error);
  if (!fs::exists(target)) {
    return PreviousScan::none;
  }
  if (!fs::is_regular_file(target)) {
    throw bad_input(problem, "something that is not a regular file has this name", "choose another name");
  }
  if (auto const why = why_not_generated(output); !why.empty()) {
    throw bad_input(problem, fmt::format("there is a file of this name, and it is not replaced, since {}", why),
                    "choose another name or move that file away");
  }
  return PreviousScan::generated;
}

class ScanWriter::Implementation {
 public:
  explicit Implementation(ScanFileDescription description)
      : description_(std::move(description)), problem_(problem_of(description_.output)) {
    std::array<std::int64_t, 3> const shape{description_.stored_frames, description_.rows, description_.columns};
    block_shape_ = description_.chunk.value_or(std::array<std::int64_t, 3>{1, shape[1], shape[2]});
    for (std::size_t axis = 0; axis < 3; ++axis) {
      blocks_[axis] = (shape[axis] + block_shape_[axis] - 1) / block_shape_[axis];
    }
    previous_ = check_scan_target(description_.output);
    check_free_space(description_.output, needed_bytes());
    take_part();
    create();
  }
  Implementation(Implementation const&) = delete;
  Implementation& operator=(Implementation const&) = delete;
  ~Implementation() = default;

  [[nodiscard]] PreviousScan previous() const { return previous_; }

  [[nodiscard]] std::int64_t block_count() const { return blocks_[0] * blocks_[1] * blocks_[2]; }

  [[nodiscard]] ScanBlock block(std::int64_t index) const {
    std::array<std::int64_t, 3> const at{index / (blocks_[1] * blocks_[2]), index / blocks_[2] % blocks_[1],
                                         index % blocks_[2]};
    std::array<std::int64_t, 3> const first{at[0] * block_shape_[0], at[1] * block_shape_[1], at[2] * block_shape_[2]};
    return {first[0], std::min<std::int64_t>(block_shape_[0], description_.stored_frames - first[0]),
            first[1], std::min<std::int64_t>(block_shape_[1], description_.rows - first[1]),
            first[2], std::min<std::int64_t>(block_shape_[2], description_.columns - first[2])};
  }

  void write_block(ScanBlock const& block, std::span<std::byte const> values) {
    if (description_.chunk) {
      write_chunk(block, values);
    } else {
      write_frame(block, values);
    }
  }

  std::uint64_t publish(ScanTruth const& truth) {
    {
      hdf5::Scope const scope;
      hdf5::write_scan_truth(truth_, truth);
      truth_.reset();
      stack_.reset();
      entry_.reset();
      hdf5::check_written(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), problem_);
      file_.reset();
      require_written();
    }
    sync_to_disk(part_->path());
    auto const bytes = size_of(part_->descriptor(), problem_);
    std::error_code error;
    fs::rename(part_->path(), description_.output, error);
    if (error) {
      throw io_error(problem_, error.value(), "check that you may write there");
    }
    // Whoever reads the scan may want to lock it.
    part_.reset();
    sync_to_disk(folder_of(description_.output));
    return bytes;
  }

 private:
  /// Of the whole stack without compression; the rest of the file takes a few kilobytes and 32 bytes a frame.
  [[nodiscard]] std::uint64_t needed_bytes() const {
    auto const values = static_cast<std::uint64_t>(blocks_[0] * block_shape_[0]) *
                        static_cast<std::uint64_t>(blocks_[1] * block_shape_[1]) *
                        static_cast<std::uint64_t>(blocks_[2] * block_shape_[2]);
    constexpr std::uint64_t rest_bytes = 65536;
    return values * size_bytes(description_.element_type) + rest_bytes +
           32 * static_cast<std::uint64_t>(description_.stored_frames);
  }

  /// What a killed run left is overwritten, anything else with this name stays.
  void take_part() {
    part_.emplace(description_.output, problem_);
    if (size_of(part_->descriptor(), problem_) > 0 && !why_not_generated(part_->path()).empty()) {
      part_->leave();
      throw in_the_way(part_->path(), not_left_behind, problem_);
    }
    part_->clear(problem_);
    guard_.file = &part_->descriptor();
  }

  void create() {
    {
      hdf5::Scope const scope;
      file_ = hdf5::create_guarded_file(guard_, problem_);
      entry_ = hdf5::write_scan_surroundings(file_, description_);
      truth_ = hdf5::make_truth_group(entry_);
      stack_ = hdf5::create_frame_stack(entry_, description_);
      hdf5::check_written(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), problem_);
      require_written();
      if (!description_.chunk) {
        frames_offset_ = H5Dget_offset(stack_.id());
        hdf5::check_written(frames_offset_ == HADDR_UNDEF ? -1 : 0, problem_);
      }
    }
    if (!description_.chunk) {
      reserve_frames();
    }
  }

  /// The caller holds a Scope.
  void require_written() const {
    if (guard_.error_number != 0) {
      throw write_error(guard_.error_number);
    }
  }

  [[nodiscard]] Error write_error(int error_number) const {
    return io_error(problem_, error_number, "make space or choose another folder");
  }

  void reserve_frames() {
    auto const bytes = static_cast<std::uint64_t>(block_count() * frame_bytes());
    if (int const error_number = reserve(part_->descriptor(), frames_offset_, bytes); error_number != 0) {
      throw write_error(error_number);
    }
  }

  [[nodiscard]] std::int64_t frame_bytes() const {
    return std::int64_t{description_.rows} * description_.columns *
           static_cast<std::int64_t>(size_bytes(description_.element_type));
  }

  void write_frame(ScanBlock const& block, std::span<std::byte const> values) {
    // pwritev takes a pointer to what is not const, but only reads it.
    std::array<iovec, 1> pieces{iovec{const_cast<std::byte*>(values.data()), values.size()}};
    auto const offset = frames_offset_ + static_cast<std::uint64_t>(block.first_frame * frame_bytes());
    if (int const error_number = write_all(part_->descriptor(), offset, pieces); error_number != 0) {
      throw write_error(error_number);
    }
  }

  void write_chunk(ScanBlock const& block, std::span<std::byte const> values) {
    ChunkFormat const format{block_shape_, size_bytes(description_.element_type), description_.gzip_level,
                             description_.shuffle};
    EncodedChunk const chunk = encode_chunk(format, {block.frames, block.rows, block.columns}, values);
    std::array<hsize_t, 3> const offset{static_cast<hsize_t>(block.first_frame), static_cast<hsize_t>(block.first_row),
                                        static_cast<hsize_t>(block.first_column)};
    hdf5::Scope const scope;
    hdf5::check_written(H5Dwrite_chunk(stack_.id(), H5P_DEFAULT, chunk.filter_mask, offset.data(), chunk.bytes.size(),
                                       chunk.bytes.data()),
                        problem_);
    require_written();
  }

  ScanFileDescription description_;
  std::string problem_;
  PreviousScan previous_ = PreviousScan::none;
  std::array<std::int64_t, 3> block_shape_{};
  std::array<std::int64_t, 3> blocks_{};  ///< number of blocks along each axis
  std::uint64_t frames_offset_ = 0;
  // In this order, so that HDF5 closes its file before the file is removed.
  std::optional<PartFile> part_;
  hdf5::WriteGuard guard_;
  Handle file_;
  Handle entry_;
  Handle truth_;
  Handle stack_;
};

ScanWriter::ScanWriter(ScanFileDescription description)
    : implementation_(std::make_unique<Implementation>(std::move(description))) {}

ScanWriter::~ScanWriter() = default;

PreviousScan ScanWriter::previous() const { return implementation_->previous(); }

std::int64_t ScanWriter::block_count() const { return implementation_->block_count(); }

ScanBlock ScanWriter::block(std::int64_t index) const { return implementation_->block(index); }

void ScanWriter::write_block(std::int64_t index, std::span<std::byte const> values) {
  implementation_->write_block(implementation_->block(index), values);
}

std::uint64_t ScanWriter::publish(ScanTruth const& truth) { return implementation_->publish(truth); }

}  // namespace lauebench
