#include "io/depth_stack_part.hpp"

#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <unistd.h>

#include "config/error.hpp"
#include "io/depth_claim.hpp"
#include "io/depth_image.hpp"
#include "io/file_descriptor.hpp"
#include "io/replaceable_output.hpp"

namespace lauebench {

DepthStackPart::DepthStackPart(std::filesystem::path const& base, std::filesystem::path const& scan,
                               DepthOutputSize const& size)
    : final_path_(depth_stack_path(base)),
      size_(size),
      problem_(fmt::format("cannot write depth file '{}'", final_path_.string())) {
  auto const folder = folder_of(final_path_);
  require_output_folder(folder, problem_);
  require_output_space(folder, size_);
  refuse_to_replace_scan(scan, std::array{final_path_});
  check_names(base);
  take(base);
}

void DepthStackPart::check_names(std::filesystem::path const& base) const {
  require_replaceable(final_path_, problem_);
  if (is_file_not_link(final_path_) && !is_depth_stack(final_path_) && !is_shared_stack(final_path_)) {
    throw in_the_way(final_path_, "it is not a stack of depth images", problem_);
  }
  require_left_over_part(part_of(final_path_), problem_);
  require_summary_names(base, problem_);
}

/// Of the other layout the first part is the lock, and any part may have this one's name.
void DepthStackPart::take(std::filesystem::path const& base) {
  auto const part = part_of(final_path_);
  if (belongs_to_running(base, part)) {
    throw being_written(final_path_, part);
  }
  part_.emplace(final_path_, problem_);
  if (auto const first_part = part_of(depth_file_path(base, 0)); is_being_written(first_part)) {
    throw being_written(final_path_, first_part);
  }
  part_->clear(problem_);
  mark();
}

/// HDF5 writes the beginning last; a run that is killed before shall leave what the next one knows.
void DepthStackPart::mark() {
  std::array pieces{iovec{const_cast<char*>(hdf5_signature.data()), hdf5_signature.size()}};  // which is only read
  if (int const error_number = write_all(descriptor(), 0, pieces); error_number != 0) {
    throw write_error(error_number);
  }
}

Error DepthStackPart::write_error(int error_number) const {
  return depth_write_error(part_of(final_path_), error_number, size_);
}

void DepthStackPart::publish() {
  if (::rename(path().c_str(), final_path_.c_str()) != 0) {
    throw io_error(fmt::format("cannot rename '{}' to '{}'", path().string(), final_path_.string()), errno,
                   "check the output folder");
  }
  // Whoever reads the file may want to lock it.
  part_.reset();
}

}  // namespace lauebench
