#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "config/config.hpp"
#include "config/error.hpp"
#include "staging/posix_file.hpp"

namespace lauebench {

/// A file that a launch writes beside the depth images, and what a message calls it.
struct OutputFile {
  std::filesystem::path path;
  std::string_view what;    ///< "results file"
  std::string_view option;  ///< that names it, "--results"
};

/// What a launch reads, and what a message calls it: "the scan".
struct InputFile {
  std::filesystem::path path;
  std::string_view what;
};
[[nodiscard]] std::vector<InputFile> input_files(RunConfig const& config);

/// "cannot write results file <path>"
[[nodiscard]] std::string cannot_write(OutputFile const& file);
/// "choose another file with --results"
[[nodiscard]] std::string choose_another(OutputFile const& file);

/// An Error (bad_input) that says so, and why.
[[nodiscard]] Error refused(OutputFile const& file, std::string_view why);

/// Throws Error (bad_input) unless the file's folder exists and the file can be made there, or is a regular file that
/// can be read and written. Writes nothing.
void check_can_be_written(OutputFile const& file);

/// Throws Error (bad_input) where the file is a scan, the geometry file or a lock, where its own lock would be one of
/// these, or where it lies in the folders that replicas and depth images are written to and cleared from. Paths of
/// `config` are filled in. Writes nothing.
void check_apart_from_launch(OutputFile const& file, RunConfig const& config);

/// A staging folder that the launch will make (--staging-dir) may hold the file; nothing can be said of it before.
[[nodiscard]] bool is_in_new_staging_folder(OutputFile const& file, RunConfig const& config);

/// What became of a file that this process holds open.
enum class Fate : std::uint8_t { in_place, removed, moved_or_replaced, cut };

/// `size` is what it had when this process last wrote to it. Throws Error (io_error).
[[nodiscard]] Fate fate_of(posix::Descriptor const& held, OutputFile const& file, off_t size);

/// An Error (io_error) that tells of it.
[[nodiscard]] Error met_with(Fate fate, OutputFile const& file, std::string_view what_to_do);

/// By whatever name: links, symbolic or not, lead to the same file.
[[nodiscard]] bool is_same_file(std::filesystem::path const& one, std::filesystem::path const& other);

}  // namespace lauebench
