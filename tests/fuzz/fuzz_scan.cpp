// Valid HDF5 files of hostile shapes, types, layouts, links and attributes, read as a reconstruction reads its scan:
// past HDF5 and through it, which must give the same values. Then the truth of generated scans and what depth files
// take over. Byte-mutated files are test_mutated_scans.py's: HDF5 itself crashes of them.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "io/depth_files.hpp"
#include "io/scan_reader.hpp"
#include "io/scan_truth.hpp"
#include "support/findings.hpp"
#include "support/hdf5_leftovers.hpp"
#include "support/hostile_scan.hpp"
#include "support/scratch_file.hpp"

namespace lauebench::fuzz {
namespace {

/// Larger images, stripes and buffers are not read: the plan of a reconstruction would not fit either.
constexpr std::int64_t most_bytes = 1 << 20;

using Bytes = std::vector<std::byte>;

/// What a reader gave; empty: it would have been too large, or there was an Error.
struct Reading {
  std::optional<ScanInfo> info;
  std::optional<Bytes> first_image;
  std::optional<Bytes> top;     ///< rows of all images
  std::optional<Bytes> bottom;  ///< likewise
};

void require_sound(ScanInfo const& info) {
  bool is_sound = info.stored_frames >= 2 && info.rows >= 1 && info.columns >= 1 &&
                  info.wire_raw_um.size() == static_cast<std::size_t>(info.images());
  for (Vec3 const& position : info.wire_raw_um) {
    is_sound = is_sound && std::isfinite(position.x) && std::isfinite(position.y) && std::isfinite(position.z);
  }
  if (!is_sound) {
    report_finding("a scan that was accepted has no images or positions that are not numbers");
  }
}

std::optional<Bytes> read_rows(ScanReader& reader, int first, int rows) {
  Bytes bytes(static_cast<std::size_t>(reader.info().row_bytes()) * static_cast<std::size_t>(rows) *
              static_cast<std::size_t>(reader.info().images()));
  bool const is_read = succeeds([&] { reader.read_rows(first, rows, bytes); });
  return is_read ? std::optional(std::move(bytes)) : std::nullopt;
}

Reading read(std::filesystem::path const& scan, ReadOptions const& options) {
  Reading reading;
  succeeds([&] {
    ScanReader reader(scan, options);
    ScanInfo const& info = reader.info();
    require_sound(info);
    reading.info = info;
    if (reader.buffer_bytes() > 8 * most_bytes) {
      return;
    }
    if (info.image_bytes() <= most_bytes) {
      Bytes image(static_cast<std::size_t>(info.image_bytes()));
      if (succeeds([&] { reader.read_first_image(image); })) {
        reading.first_image = std::move(image);
      }
    }
    int const rows = reader.row_unit();
    if (info.row_bytes() * rows <= most_bytes / info.images()) {
      reading.top = read_rows(reader, 0, rows);
      reading.bottom = read_rows(reader, info.rows - rows, rows);
    }
    reader.close();
  });
  return reading;
}

/// Where both could be read. (What HDF5 refuses and our own decompression does not, or the reverse, is damaged.)
void require_same(std::optional<Bytes> const& a, std::optional<Bytes> const& b) {
  if (a && b && a->size() == b->size() && *a != *b) {
    report_finding("HDF5 and we read different values");
  }
}

void read_on_two_ways(std::filesystem::path const& scan, ReadOptions const& options) {
  Reading const ours = read(scan, options);
  ReadOptions through_hdf5 = options;
  through_hdf5.io_path = IoPath::hdf5;
  Reading const theirs = read(scan, through_hdf5);
  require_same(ours.first_image, theirs.first_image);
  if (ours.info && theirs.info) {
    require_same(ours.top, theirs.top);
    require_same(ours.bottom, theirs.bottom);
    // The rest of what a reconstruction does with the scan's file.
    constexpr int rows = 4;
    constexpr int columns = 5;
    succeeds([&] {
      if (depth_file_template_bytes(scan, ElementType::uint16, rows, columns) <= most_bytes) {
        static_cast<void>(make_depth_file_template(scan, ElementType::uint16, rows, columns));
      }
    });
  }
  succeeds([&] { static_cast<void>(read_scan_truth(scan)); });
}

/// Of a chunk of any content: HDF5 does not read it.
void read_on_our_way(std::filesystem::path const& scan, ReadOptions options) {
  options.io_path = IoPath::raw;
  static_cast<void>(read(scan, options));
}

ReadOptions choose_options(Choices& choices) {
  constexpr std::array<std::uint64_t, 4> limits{most_bytes, 1 << 12, 1 << 23, 100};
  constexpr std::array paths{IoPath::automatic, IoPath::raw};
  ReadOptions options;
  options.memory_limit_bytes = choices.of(limits);
  options.io_path = choices.of(paths);
  // threads take a while to start
  options.threads = choices.below(16) == 15 ? 2 : 1;
  return options;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  keep_nothing_in_hdf5();
  return 0;
}

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static ScratchFile const scan;
  Choices choices({data, size});
  ReadOptions const options = choose_options(choices);
  ChunkContent const chunks = choices.below(8) == 7 ? ChunkContent::arbitrary : ChunkContent::by_filters;
  if (!write_hostile_scan(scan.path(), chunks, choices)) {
    return -1;
  }
  long const before = open_identifiers();
  if (chunks == ChunkContent::arbitrary) {
    read_on_our_way(scan.path(), options);
  } else {
    read_on_two_ways(scan.path(), options);
  }
  if (open_identifiers() != before) {
    report_finding("HDF5 identifiers were left open");
  }
  return 0;
}

}  // namespace lauebench::fuzz
