#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "config/error.hpp"
#include "io/depth_files.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {

namespace {

Error write_error(std::string const& path, int error_number) {
  return io_error(fmt::format("cannot write summary '{}'", path), error_number, "check the output folder");
}

std::string summary_text(std::span<SummaryParameter const> parameters, DepthGrid const& depths,
                         std::span<double const> totals) {
  if (totals.size() != static_cast<std::size_t>(depths.count)) {
    throw std::invalid_argument("DepthSummary: one total per depth");
  }
  std::size_t width = 0;
  for (auto const& parameter : parameters) {
    width = std::max(width, parameter.name.size());
  }
  std::string text;
  for (auto const& parameter : parameters) {
    text += fmt::format("{:<{}} {}\n", parameter.name + ":", width + 1, parameter.value);
  }
  text += fmt::format("\n{:>7} {:>14} {:>24}\n", "index", "depth_um", "total_intensity_counts");
  // Further digits of a total depend on how threads shared the rows.
  for (int m = 0; m < depths.count; ++m) {
    text += fmt::format("{:>7} {:>14.6g} {:>24.9g}\n", m, depths.depth_um(m), totals[static_cast<std::size_t>(m)]);
  }
  return text;
}

}  // namespace

DepthSummary::DepthSummary(std::filesystem::path const& base, std::span<SummaryParameter const> parameters,
                           DepthGrid const& depths, std::span<double const> totals)
    : DepthSummary(base, summary_text(parameters, depths, totals)) {}

DepthSummary::DepthSummary(std::filesystem::path const& base, std::string_view text)
    : final_path_(base.string() + "summary.txt") {
  posix::Descriptor file(
      ::open(part_path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
  if (!file.valid()) {
    throw write_error(final_path_, errno);
  }
  int error_number = posix::write_all(file, std::as_bytes(std::span(text)));
  if (int const closing = file.close(); error_number == 0) {
    error_number = closing;
  }
  if (error_number != 0) {
    ::unlink(part_path().c_str());
    throw write_error(final_path_, error_number);
  }
}

DepthSummary::~DepthSummary() {
  if (!published_) {
    ::unlink(part_path().c_str());
  }
}

void DepthSummary::sync(Sync policy) const {
  if (policy == Sync::fsync) {
    sync_to_disk(part_path());
  }
}

void DepthSummary::publish() {
  if (::rename(part_path().c_str(), final_path_.c_str()) != 0) {
    throw write_error(final_path_, errno);
  }
  published_ = true;
}

}  // namespace lauebench
