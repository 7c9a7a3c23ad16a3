#include "io/depth_stack_template.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <sys/mman.h>

#include "config/error.hpp"
#include "io/depth_datasets.hpp"
#include "io/depth_stack.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5_items.hpp"
#include "io/metadata_size.hpp"

namespace lauebench {

namespace {

std::string problem_of(std::filesystem::path const& scan) {
  return fmt::format("cannot build a file of depth images from scan '{}'", scan.string());
}

/// Makes the whole file on `guard`; nothing is written in the images' place. Returns where that begins.
std::uint64_t write_around_images(hdf5::WriteGuard& guard, DepthStackTemplate const& stack, StackFile const& form) {
  hdf5::Scope const scope;
  auto const problem = problem_of(stack.scan);
  auto const file = hdf5::create_stack_file(guard, stack.scan, form.depths, problem, form.alignment_bytes);
  std::vector<hsize_t> const sizes = stack_sizes(stack.shape, form.ranks);
  auto const images = hdf5::create_images(file, stack.shape.element_type, sizes, problem);
  hdf5::check_written(H5Fflush(file.id(), H5F_SCOPE_GLOBAL), problem);
  haddr_t const offset = H5Dget_offset(images.id());
  hdf5::check_written(offset == HADDR_UNDEF ? -1 : 0, problem);
  return offset;
}

}  // namespace

std::uint64_t depth_stack_template_bytes(std::filesystem::path const& scan, DepthGrid const& depths) {
  hdf5::Scope const scope;
  return metadata_bytes(hdf5::open_for_reading(scan), problem_of(scan)) +
         static_cast<std::uint64_t>(depths.count) * sizeof(double);
}

DepthStackTemplate make_depth_stack_template(std::filesystem::path const& scan, ElementType element_type, int rows,
                                             int columns, DepthGrid const& depths) {
  return make_stack_template(scan, {depths.count, rows, columns, element_type}, {depths, std::nullopt, 1});
}

std::vector<hsize_t> stack_sizes(DepthImageShape const& shape, std::optional<int> ranks) {
  std::vector<hsize_t> sizes;
  if (ranks) {
    sizes.push_back(static_cast<hsize_t>(*ranks));
  }
  for (int const size : {shape.depths, shape.rows, shape.columns}) {
    sizes.push_back(static_cast<hsize_t>(size));
  }
  return sizes;
}

DepthStackTemplate make_stack_template(std::filesystem::path const& scan, DepthImageShape const& shape,
                                       StackFile const& form) {
  DepthStackTemplate stack;
  stack.shape = shape;
  stack.scan = scan;
  auto const problem = problem_of(scan);
  // A file in memory with a hole: the images, which nobody writes, take no room there.
  posix::Descriptor const memory(::memfd_create("laue-bench depth images", MFD_CLOEXEC));
  if (!memory.valid()) {
    throw io_error(problem, errno, "report this with the version that 'laue-bench info' prints");
  }
  hdf5::WriteGuard guard{&memory, 0};
  std::uint64_t const offset = write_around_images(guard, stack, form);
  if (guard.error_number != 0) {
    throw io_error(problem, guard.error_number,
                   "raise the limit of file sizes, make memory free, or take large datasets out of the scan");
  }
  std::uint64_t const end = offset + stack.shape.bytes() * static_cast<std::uint64_t>(form.ranks.value_or(1));
  std::uint64_t const size = size_of(memory, problem);
  if (size < end) {
    throw Error(ReturnCode::io_error, problem, "HDF5 has placed the images outside the file",
                "report this with the version that 'laue-bench info' prints");
  }
  stack.head.resize(offset);
  stack.tail.resize(size - end);
  read_all(memory, 0, stack.head, problem);
  read_all(memory, end, stack.tail, problem);
  return stack;
}

}  // namespace lauebench
