#include "staging/backing_disk.hpp"

#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "config/error.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// First line of a file of /sys; empty where there is none.
std::string line_of(fs::path const& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::string memory_behind_image(std::string const& disk, fs::path const& image) {
  try {
    FilesystemFacts const facts = read_filesystem_facts(image);
    return facts.page_cache == PageCacheRole::before_disk
               ? memory_behind_disk(image, facts)
               : fmt::format("{} is a loop device whose image lies on {}", disk, facts.type);
  } catch (Error const&) {
    return fmt::format("{} is a loop device whose image '{}' cannot be looked at", disk, image.string());
  }
}

/// `folder` is the disk's in /sys/devices.
std::string memory_behind(fs::path folder) {
  std::error_code none_there;
  if (fs::exists(folder / "partition", none_there)) {
    folder = folder.parent_path();
  }
  std::string const disk = folder.filename().string();
  if (disk.starts_with("ram") || disk.starts_with("zram")) {
    return fmt::format("{} is a disk in memory", disk);
  }
  if (disk.starts_with("nbd") || disk.starts_with("rbd")) {
    return fmt::format("{} is served by another machine", disk);
  }
  if (fs::exists(folder / "loop", none_there)) {
    return line_of(folder / "loop" / "dio") == "1"
               ? memory_behind_image(disk, line_of(folder / "loop" / "backing_file"))
               : fmt::format("{} is a loop device without direct I/O: its image is in the page cache too", disk);
  }
  for (auto const& below : fs::directory_iterator(folder / "slaves", none_there)) {
    auto const below_it = fs::canonical(below.path(), none_there);
    if (std::string reason = memory_behind(below_it); !reason.empty()) {
      return reason;
    }
  }
  return {};
}

/// Where overlayfs keeps what is written to it, as it was mounted: inside a container most often out of reach.
std::string upper_layer(std::string const& options) {
  constexpr std::string_view name = "upperdir=";
  std::istringstream words(options);
  for (std::string word; std::getline(words, word, ',');) {
    if (word.starts_with(name)) {
      return word.substr(name.size());
    }
  }
  return {};
}

/// Another folder may have that name here: the layers' file has size and time of the one that overlayfs shows.
bool is_same_content(fs::path const& layered, fs::path const& shown) {
  struct stat one {};
  struct stat other {};
  return ::stat(layered.c_str(), &one) == 0 && ::stat(shown.c_str(), &other) == 0 && one.st_size == other.st_size &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

std::string memory_behind_overlay(fs::path const& file, FilesystemFacts const& overlay) {
  fs::path const layer = upper_layer(overlay.options);
  std::error_code unresolvable;
  fs::path const below = layer / fs::canonical(file, unresolvable).lexically_relative(overlay.mount_point);
  if (layer.empty() || unresolvable || !is_same_content(below, file)) {
    return fmt::format("it lies on overlayfs, whose upper layer '{}' cannot be looked at", layer.string());
  }
  try {
    FilesystemFacts const facts = read_filesystem_facts(below);
    return facts.page_cache == PageCacheRole::before_disk
               ? memory_behind_disk(below, facts)
               : fmt::format("it lies on overlayfs, whose upper layer lies on {}", facts.type);
  } catch (Error const& problem) {
    return fmt::format("it lies on overlayfs, whose upper layer cannot be looked at: {}", problem.what());
  }
}

}  // namespace

std::string memory_behind_disk(fs::path const& file, FilesystemFacts const& facts) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return fmt::format("'{}' cannot be looked at", file.string());
  }
  if (facts.type == "overlay") {
    return memory_behind_overlay(file, facts);
  }
  dev_t number = status.st_dev;
  // major 0: a number that the filesystem made up
  if (major(number) == 0) {
    if (::stat(facts.device.c_str(), &status) != 0 || !S_ISBLK(status.st_mode)) {
      return fmt::format("its disk '{}' cannot be looked at", facts.device);
    }
    number = status.st_rdev;
  }
  std::error_code unreadable;
  auto const folder = fs::canonical(fmt::format("/sys/dev/block/{}:{}", major(number), minor(number)), unreadable);
  return unreadable ? fmt::format("its disk is not listed in /sys/dev/block ({})", unreadable.message())
                    : memory_behind(folder);
}

}  // namespace lauebench
