#include "io/fill_value.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "io/hdf5_types.hpp"

namespace lauebench {

namespace {

using hdf5::check_or_copy_again;

std::string problem_of(ScanInfo const& info) {
  return fmt::format("cannot read the fill value of scan '{}'", info.path.string());
}

bool is_defined(hdf5::Handle const& properties, std::string const& problem) {
  H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
  hdf5::check(H5Pfill_value_defined(properties.id(), &defined), problem, check_or_copy_again);
  return defined != H5D_FILL_VALUE_UNDEFINED;
}

}  // namespace

std::vector<std::byte> fill_value_of(hdf5::Handle const& stack, ScanInfo const& info) {
  hdf5::Scope const scope;
  auto const problem = problem_of(info);
  hdf5::Handle const properties(H5Dget_create_plist(stack.id()));
  std::vector<std::byte> value(size_bytes(info.element_type));
  if (is_defined(properties, problem)) {
    hdf5::check(H5Pget_fill_value(properties.id(), hdf5::memory_type(info.element_type), value.data()), problem,
                check_or_copy_again);
  }
  return value;
}

std::vector<std::byte> fill_value_left_out(hdf5::Handle const& stack, ScanInfo const& info) {
  hdf5::Scope const scope;
  auto const problem = problem_of(info);
  hdf5::Handle const properties(H5Dget_create_plist(stack.id()));
  H5D_fill_time_t time = H5D_FILL_TIME_NEVER;
  hdf5::check(H5Pget_fill_time(properties.id(), &time), problem, check_or_copy_again);
  // As H5D__chunk_read decides whether it skips chunks that are missing.
  bool const is_put = time == H5D_FILL_TIME_ALLOC || (time == H5D_FILL_TIME_IFSET && is_defined(properties, problem));
  return info.layout.chunk && !is_put ? fill_value_of(stack, info) : std::vector<std::byte>();
}

void fill(std::span<std::byte const> value, std::span<std::byte> destination) {
  std::memcpy(destination.data(), value.data(), value.size());
  for (std::size_t filled = value.size(); filled < destination.size(); filled *= 2) {
    std::memcpy(destination.data() + filled, destination.data(), std::min(filled, destination.size() - filled));
  }
}

}  // namespace lauebench
