#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "config/error.hpp"

/// What the writers of depth images have in common, whatever their layout: what is asked before anything is written,
/// and how a write that failed is told.
namespace lauebench {

/// Files of about the same size.
struct DepthOutputSize {
  std::uint64_t files = 0;
  std::uint64_t file_bytes = 0;

  [[nodiscard]] std::uint64_t bytes() const { return files * file_bytes; }
};

/// Throws Error (bad_input), beginning with `problem`, unless `folder` is one.
void require_output_folder(std::filesystem::path const& folder, std::string_view problem);

/// Throws Error (bad_input) unless `folder` has that many bytes, in whole blocks, and inodes free. Files of an earlier
/// reconstruction do not count as free: they stay until they are replaced.
void require_output_space(std::filesystem::path const& folder, DepthOutputSize const& size);

/// Throws Error (bad_input) when one of `files` or its part is the scan, links followed: what counts is the file that
/// would be lost.
void refuse_to_replace_scan(std::filesystem::path const& scan, std::span<std::filesystem::path const> files);

/// That a write to the part `file` failed, with the bytes that all files need and that are free where that is why.
[[nodiscard]] Error depth_write_error(std::filesystem::path const& file, int error_number, DepthOutputSize const& size);

}  // namespace lauebench
