#include "bench/side_file.hpp"

#include <cerrno>
#include <span>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>

#include "bench/telemetry_writer.hpp"
#include "bench/trace_writer.hpp"
#include "config/normal_path.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {
namespace {

constexpr mode_t permissions = 0644;

void refuse_same(OutputFile const& one, OutputFile const& other) {
  if (real_path(one.path) == real_path(other.path) || is_same_file(one.path, other.path)) {
    throw refused(one, fmt::format("it is the {}", other.what));
  }
}

}  // namespace

SideFile trace_file(std::filesystem::path const& path) { return {{path, "trace", "--trace"}, trace_opening}; }

SideFile telemetry_file(std::filesystem::path const& path) {
  return {{path, "telemetry file", "--telemetry"}, telemetry_opening};
}

std::vector<SideFile> side_files(RunConfig const& config) {
  std::vector<SideFile> files;
  if (!config.trace.empty()) {
    files.push_back(trace_file(config.trace));
  }
  if (!config.telemetry.empty()) {
    files.push_back(telemetry_file(config.telemetry));
  }
  return files;
}

void check_side_file(SideFile const& side) {
  check_can_be_written(side.file);
  std::filesystem::path const real = real_path(side.file.path);
  std::error_code unreadable;
  if (std::filesystem::exists(real, unreadable) && !is_empty_or_begins_with(real, side.opening)) {
    throw refused(side.file,
                  fmt::format("the file that is there is no {} of this program's, and would be lost", side.file.what));
  }
}

void check_side_places(RunConfig const& config) {
  std::vector<SideFile> const files = side_files(config);
  for (SideFile const& side : files) {
    check_apart_from_launch(side.file, config);
    refuse_same(side.file, {config.results, "results file", "--results"});
    if (!is_in_new_staging_folder(side.file, config)) {
      check_side_file(side);
    }
  }
  if (files.size() > 1) {
    refuse_same(files.back().file, files.front().file);
  }
}

SideFileWriter::SideFileWriter(SideFile const& side) : file_(side.file) {
  check_side_file(side);
  descriptor_ = posix::Descriptor(::open(file_.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, permissions));
  if (!descriptor_.valid()) {
    throw posix::system_error(cannot_write(file_), errno, choose_another(file_));
  }
}

void SideFileWriter::append(std::string_view text) {
  if (Fate const fate = fate_of(descriptor_, file_, size_); fate != Fate::in_place) {
    throw met_with(fate, file_, "leave it alone until the launch has ended");
  }
  if (int const problem = posix::write_all(descriptor_, std::as_bytes(std::span(text))); problem != 0) {
    throw io_error(cannot_write(file_), problem, choose_another(file_));
  }
  size_ += static_cast<off_t>(text.size());
}

void SideFileWriter::close() {
  if (int const problem = descriptor_.close(); problem != 0) {
    throw io_error(cannot_write(file_), problem, choose_another(file_));
  }
}

}  // namespace lauebench
