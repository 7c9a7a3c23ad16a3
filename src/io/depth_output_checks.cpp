#include "io/depth_output_checks.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>

#include "config/option_entries.hpp"
#include "io/file_descriptor.hpp"
#include "io/free_space.hpp"
#include "io/part_file.hpp"

namespace lauebench {

namespace {

bool is_out_of_space(int error_number) {
  return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

}  // namespace

void require_output_folder(std::filesystem::path const& folder, std::string_view problem) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw bad_input(problem, fmt::format("'{}' is no folder", folder.string()), "make it, or choose another output");
  }
}

void require_output_space(std::filesystem::path const& folder, DepthOutputSize const& size) {
  auto const space = free_space(folder);
  std::uint64_t const blocks = (size.file_bytes + space.block_bytes - 1) / space.block_bytes;
  std::uint64_t const needed = size.files * blocks * space.block_bytes;
  auto const problem = fmt::format("no room for {} in '{}'", plural(size.files, "depth file"), folder.string());
  if (needed > space.bytes) {
    throw bad_input(problem, fmt::format("{} bytes needed, {} free", needed, space.bytes),
                    "free space, choose another output, or ask for fewer depths");
  }
  if (space.counts_files && size.files > space.files) {
    throw bad_input(problem, fmt::format("{} files (inodes) needed, {} free", size.files, space.files),
                    "remove files, choose another output, or ask for fewer depths");
  }
}

void refuse_to_replace_scan(std::filesystem::path const& scan, std::span<std::filesystem::path const> files) {
  struct stat known {};
  if (scan.empty() || ::stat(scan.c_str(), &known) != 0) {
    return;
  }
  for (auto const& file : files) {
    for (auto const& path : {file, part_of(file)}) {
      struct stat there {};
      if (::stat(path.c_str(), &there) == 0 && there.st_dev == known.st_dev && there.st_ino == known.st_ino) {
        throw bad_input(fmt::format("cannot write depth file '{}'", path.string()), "it is the scan itself",
                        "choose another output");
      }
    }
  }
}

Error depth_write_error(std::filesystem::path const& file, int error_number, DepthOutputSize const& size) {
  auto const problem = fmt::format("cannot write depth file '{}'", file.string());
  if (!is_out_of_space(error_number)) {
    return io_error(problem, error_number, "check the output folder");
  }
  return {ReturnCode::io_error, problem,
          fmt::format("{}; all depth files need {} bytes, {} are free", std::generic_category().message(error_number),
                      size.bytes(), free_bytes_text(folder_of(file))),
          "free space or raise the limit, choose another output, or ask for fewer depths"};
}

}  // namespace lauebench
