#include "io/shared_output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <exception>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "cluster/watchdog.hpp"
#include "config/words.hpp"
#include "io/depth_claim.hpp"
#include "io/depth_datasets.hpp"
#include "io/depth_stack_template.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5_guarded_file.hpp"
#include "io/hdf5_items.hpp"
#include "io/part_file.hpp"
#include "io/shared_stack.hpp"

namespace lauebench {
namespace {

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Unlike shapes are told apart by it, and people read it.
std::string describe(DepthImageShape const& shape) {
  return fmt::format("{} images of {} x {} pixels, {}", shape.depths, shape.rows, shape.columns,
                     to_word(shape.element_type));
}

}  // namespace

SharedOutput::SharedOutput(std::unique_ptr<Communicator> ranks, std::filesystem::path base, SharedFileOptions options)
    : ranks_(std::move(ranks)), base_(std::move(base)), options_(std::move(options)), steps_(*ranks_) {}

SharedOutput::~SharedOutput() {
  give_up({ReturnCode::reconstruction_error, "a rank ended before its images were written", "nobody knows why",
           "report this"});
}

template <class Call>
void SharedOutput::watched(Call const& call) {
  Watchdog watchdog(*ranks_, ranks_->wait_limit());
  watchdog.watch();
  call();
}

/// A rank that cannot have it watched gives up before the others go into the call.
template <class Call>
void SharedOutput::together(Call const& call) {
  Watchdog watchdog(*ranks_, ranks_->wait_limit());
  steps_.meet();
  watchdog.watch();
  try {
    call();
  } catch (Error const&) {
    steps_.doubt_others();
    throw;
  }
}

int SharedOutput::agree_on_stripe_rows(DepthImageShape const& shape, int rows_per_stripe) {
  auto const told = steps_.meet(fmt::format("{} {}", rows_per_stripe, describe(shape)));
  auto const shape_in = [](std::string_view line) { return line.substr(line.find(' ') + 1); };
  auto least = static_cast<std::uint64_t>(rows_per_stripe);
  for (std::size_t rank = 0; rank < told.size(); ++rank) {
    least = std::min(least, number_in(told[rank]));
    if (shape_in(told[rank]) != shape_in(told.front())) {
      throw bad_input(fmt::format("the ranks cannot write one file, '{}'", depth_stack_path(base_).string()),
                      fmt::format("rank 0 has {}, rank {} {}", shape_in(told.front()), rank, shape_in(told[rank])),
                      "give scans of the same shape and type, or use another --output-layout");
    }
  }
  return static_cast<int>(least);
}

void SharedOutput::create(SharedStackTemplate const& file_template, int chunk_rows, IoPath io_path) {
  shape_ = file_template.around.shape;
  is_compressed_ = file_template.gzip_level > 0;
  steps_.meet();
  std::uint64_t offset = 0;
  if (ranks_->is_root()) {
    lay_out(file_template, chunk_rows);
    offset = file_template.around.head.size();
  }
  // scans of other ranks may have more beside their frames
  offset = number_in(steps_.meet(std::to_string(offset)).front());
  SharedPlace const place{part_of(depth_stack_path(base_)), shape_, rank(),
                          offset + shape_.bytes() * static_cast<std::uint64_t>(rank())};
  together([&] {
    images_ = is_compressed_ || io_path == IoPath::hdf5 ? open_hdf5_images(*ranks_, place, options_)
                                                        : open_plain_images(*ranks_, place, options_);
  });
  hints_ = images_->hints();
  steps_.meet();
  all_have_opened_ = true;
}

/// On the first rank.
void SharedOutput::lay_out(SharedStackTemplate const& file_template, int chunk_rows) {
  part_.emplace(base_, file_template.around.scan, output_size(file_template, chunk_rows));
  if (is_compressed_) {
    create_compressed(file_template, chunk_rows);
  } else {
    lauebench::lay_out(*part_, file_template.around, shape_.bytes() * static_cast<std::uint64_t>(ranks()));
  }
}

void SharedOutput::create_compressed(SharedStackTemplate const& file_template, int chunk_rows) {
  hdf5::Scope const scope;
  hdf5::WriteGuard guard{&part_->descriptor(), 0};
  {
    auto const file = hdf5::create_stack_file(guard, file_template.around.scan, file_template.depths, part_->problem(),
                                              file_template.alignment_bytes);
    auto const sizes = stack_sizes(shape_, ranks());
    auto const chunk = stack_sizes({1, chunk_rows, shape_.columns, shape_.element_type}, 1);
    auto const images = hdf5::create_compressed_images(file, shape_.element_type, sizes, chunk,
                                                       file_template.gzip_level, part_->problem());
    hdf5::check_written(H5Fflush(file.id(), H5F_SCOPE_LOCAL), part_->problem());
  }
  if (guard.error_number == 0) {
    // MPI-IO survives no write without room: chunks that cannot be compressed find it
    guard.error_number = reserve_for_growth(part_->descriptor(), output_size(file_template, chunk_rows).file_bytes);
  }
  if (guard.error_number != 0) {
    throw part_->write_error(guard.error_number);
  }
}

std::uint64_t SharedOutput::write_rows(int first_row, int rows, std::span<std::byte const> images) {
  auto const write = [&] { images_->write_rows(first_row, rows, images); };
  if (options_.collective.value_or(Toggle::on) == Toggle::on) {
    together(write);
  } else {
    watched(write);
  }
  return is_compressed_ ? 0 : images.size();
}

void SharedOutput::sync() {
  together([this] { images_->sync(); });
}

std::uint64_t SharedOutput::publish() {
  together([this] { images_->close(); });
  images_.reset();
  steps_.meet();
  if (part_) {
    name_file();
  }
  std::uint64_t const file_bytes =
      number_in(steps_.meet(part_ ? std::to_string(std::filesystem::file_size(depth_stack_path(base_))) : "").front());
  steps_.finish();
  part_.reset();
  return untold_share(file_bytes);
}

/// On the first rank. MPI-IO may have lost what it said was written: what HDF5 finds to be cut short does not get the
/// name of a whole file.
void SharedOutput::name_file() {
  std::uint64_t const bytes = size_of(part_->descriptor(), part_->problem());
  if (!is_shared_stack(part_->path())) {
    throw Error(ReturnCode::io_error, part_->problem(), "it is not whole after it was closed",
                "check the filesystem and its free space");
  }
  // gives back what was reserved and is not needed
  if (is_compressed_ && ::ftruncate(part_->descriptor().get(), static_cast<off_t>(bytes)) != 0) {
    throw part_->write_error(errno);
  }
  part_->publish();
}

std::uint64_t SharedOutput::untold_share(std::uint64_t file_bytes) const {
  auto const count = static_cast<std::uint64_t>(ranks());
  std::uint64_t const told = is_compressed_ ? 0 : count * shape_.bytes();
  std::uint64_t const untold = file_bytes - std::min(file_bytes, told);
  std::uint64_t const share = is_compressed_ ? untold / count : 0;
  return ranks_->is_root() ? untold - share * (count - 1) : share;
}

void SharedOutput::give_up(Error const& why) noexcept {
  steps_.give_up(why);
  close_or_leave();
  part_.reset();
}

/// Every rank has learned of the end at the same step, so all of them close what all have opened.
void SharedOutput::close_or_leave() noexcept {
  if (images_ && all_have_opened_ && !steps_.has_lost_ranks()) {
    try {
      watched([this] { images_->close(); });
    } catch (std::exception const& error) {
      spdlog::debug("a shared file that is given up: {}", error.what());
    }
    images_.reset();
  }
  // what is left would wait for ranks that do not come
  static_cast<void>(images_.release());
}

}  // namespace lauebench
