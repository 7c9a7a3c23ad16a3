#include "io/convert_images.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cluster/helper_threads.hpp"
#include "config/error.hpp"
#include "io/depth_image_digest.hpp"
#include "io/depth_image_reader.hpp"
#include "io/depth_output.hpp"
#include "io/found_images.hpp"

namespace lauebench {
namespace {

namespace fs = std::filesystem;

/// Images in memory at a time; as much again where they are compressed.
constexpr std::uint64_t stripe_bytes = std::uint64_t{256} << 20U;

/// As a reconstruction has them, a quarter of the rows, or as many as fit.
int rows_per_stripe(DepthImageShape const& shape) {
  std::uint64_t const row_bytes = shape.row_bytes() * static_cast<std::uint64_t>(shape.depths);
  auto const fitting = static_cast<int>(std::min<std::uint64_t>(stripe_bytes / row_bytes, 1U << 30U));
  return std::clamp((shape.rows + 3) / 4, 1, std::max(1, fitting));
}

fs::path summary_of(fs::path const& base) { return base.string() + "summary.txt"; }

/// Empty when there is none.
std::string read_summary(fs::path const& base) {
  std::ifstream file(summary_of(base), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A shared file lies beside the summary of its first rank.
std::string summary_of(FoundImages const& found) {
  return found.images.rank == 0 ? read_summary(found.images.base) : std::string();
}

bool are_same(fs::path const& one, fs::path const& other) {
  std::error_code missing;
  return fs::equivalent(one, other, missing);
}

void refuse_to_replace_input(FoundImages const& found, StoredDepthImages const& output) {
  for (int read = 0; read < found.images.files(); ++read) {
    for (int written = 0; written < output.files(); ++written) {
      if (found.images.file(read).filename() == output.file(written).filename() &&
          are_same(found.images.file(read), output.file(written))) {
        throw bad_input(fmt::format("the output would replace '{}'", found.images.file(read).string()), "that is read",
                        "choose another --output");
      }
    }
  }
}

/// Reads images stripe by stripe and hands them to a writer.
class Conversion {
 public:
  Conversion(FoundImages const& found, DepthImageWriter& writer, int stripe_rows, int threads)
      : reader_(open_depth_images(found.images)), writer_(writer), stripe_rows_(stripe_rows), threads_(threads) {}

  void run() {
    DepthImageShape const& shape = reader_->shape();
    for (int row = 0; row < shape.rows; row += stripe_rows_) {
      int const rows = std::min(stripe_rows_, shape.rows - row);
      read(row, rows);
      writer_.prepare_rows(row, rows, stripe_, threads_);
      writer_.write_rows(row, rows, stripe_);
    }
  }

 private:
  void read(int first_row, int rows) {
    DepthImageShape const& shape = reader_->shape();
    std::uint64_t const part = shape.row_bytes() * static_cast<std::uint64_t>(rows);
    stripe_.resize(part * static_cast<std::uint64_t>(shape.depths));
    share_out(static_cast<std::size_t>(threads_), shape.depths, [&](std::size_t /*thread*/, std::int64_t m) {
      auto const place = std::span(stripe_).subspan(static_cast<std::size_t>(m) * part, part);
      reader_->open(m)->read(shape.row_bytes() * static_cast<std::uint64_t>(first_row), place);
    });
  }

  std::unique_ptr<DepthImageReader> reader_;
  DepthImageWriter& writer_;
  int stripe_rows_;
  int threads_;
  std::vector<std::byte> stripe_;
};

DepthOutput output_of(FoundImages const& found, ConvertConfig const& config) {
  DepthOutput output;
  output.scan = found.images.file(0);
  output.element_type = found.element_type;
  output.rows = found.images.rows;
  output.columns = found.images.columns;
  output.depths = found.depths;
  output.layout = *config.output_layout;
  output.gzip_level = config.output_gzip_level;
  return output;
}

/// It would stand beside images that it is not of.
void refuse_foreign_summary(FoundImages const& found, ConvertConfig const& config) {
  std::error_code unreadable;
  if (summary_of(found).empty() && fs::exists(summary_of(config.output), unreadable)) {
    throw bad_input(fmt::format("'{}' is of other images", summary_of(config.output).string()),
                    "those that are read have no summary", "remove it, or choose another --output");
  }
}

/// Returns the bytes written.
std::uint64_t store(FoundImages const& found, ConvertConfig const& config, int threads) {
  DepthOutput output = output_of(found, config);
  std::optional<SharedOutput> shared;
  if (output.layout == OutputLayout::shared) {
    output.shared = &shared.emplace(make_serial_communicator(), config.output, SharedFileOptions{});
  }
  int const stripe_rows = rows_per_stripe({output.depths.count, output.rows, output.columns, output.element_type});
  auto const writer = make_depth_image_writer(config.output, found.depths, make_depth_output_template(output),
                                              {IoPath::automatic, stripe_rows, shared ? &*shared : nullptr});
  Conversion(found, *writer, stripe_rows, threads).run();
  std::optional<DepthSummary> summary;
  if (std::string const text = summary_of(found); !text.empty()) {
    summary.emplace(config.output, text);
    summary->sync(Sync::fsync);
  }
  writer->sync(Sync::fsync);
  writer->publish();
  if (summary) {
    summary->publish();
  }
  sync_names(config.output);
  return writer->bytes_written();
}

}  // namespace

ConvertedImages convert_images(ConvertConfig const& config, int threads) {
  FoundImages const found = find_images(config.input, config.input_layout, config.rank);
  StoredDepthImages output = found.images;
  output.base = config.output;
  output.layout = *config.output_layout;
  output.rank = 0;
  refuse_to_replace_input(found, output);
  refuse_foreign_summary(found, config);
  ConvertedImages done;
  done.shape = {found.images.count, found.images.rows, found.images.columns, found.element_type};
  done.input_layout = found.images.layout;
  done.bytes_written = store(found, config, threads);
  done.digest = digest_of(found.images, threads);
  if (digest_of(output, threads) != done.digest) {
    throw Error(ReturnCode::io_error,
                fmt::format("depth images '{}' are not those of '{}'", config.output.string(), config.input.string()),
                "their digests differ", "check the filesystems, and who else uses the folders");
  }
  return done;
}

}  // namespace lauebench
