#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>

#include "cluster/shared_file.hpp"
#include "config/error.hpp"
#include "io/file_descriptor.hpp"
#include "io/shared_images.hpp"

namespace lauebench {
namespace {

/// Of a launch without MPI, which has one rank.
class LonelyFile final : public SharedFile {
 public:
  explicit LonelyFile(std::filesystem::path const& path)
      : problem_(fmt::format("cannot write depth file '{}'", path.string())),
        file_(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)),
        path_(path) {
    check(file_.valid() ? 0 : errno);
  }

  void write(FileBlocks const& blocks, std::span<std::byte const> bytes, Toggle /*collective*/) override {
    for (std::uint64_t block = 0; block < blocks.count; ++block) {
      auto const part = bytes.subspan(block * blocks.block_bytes, blocks.block_bytes);
      std::array pieces{iovec{const_cast<std::byte*>(part.data()), part.size()}};  // which write_all only reads
      check(write_all(file_, blocks.first + block * blocks.stride_bytes, pieces));
    }
  }

  void sync() override { sync_to_disk(path_); }

  void close() override { check(file_.close()); }

  [[nodiscard]] std::vector<MpiHint> hints() const override { return {}; }

 private:
  void check(int error_number) const {
    if (error_number != 0) {
      throw io_error(problem_, error_number, "check the output folder");
    }
  }

  std::string problem_;
  posix::Descriptor file_;
  std::filesystem::path path_;
};

class PlainSharedImages final : public SharedImages {
 public:
  PlainSharedImages(std::unique_ptr<SharedFile> file, SharedPlace const& place, Toggle collective)
      : file_(std::move(file)), shape_(place.shape), offset_(place.offset), collective_(collective) {}

  void write_rows(int first_row, int rows, std::span<std::byte const> images) override {
    FileBlocks blocks;
    blocks.first = offset_ + shape_.row_bytes() * static_cast<std::uint64_t>(first_row);
    blocks.block_bytes = shape_.row_bytes() * static_cast<std::uint64_t>(rows);
    blocks.stride_bytes = shape_.image_bytes();
    blocks.count = static_cast<std::uint64_t>(shape_.depths);
    file_->write(blocks, images, collective_);
  }

  void sync() override { file_->sync(); }
  void close() override { file_->close(); }
  [[nodiscard]] std::vector<MpiHint> hints() const override { return file_->hints(); }

 private:
  std::unique_ptr<SharedFile> file_;
  DepthImageShape shape_;
  std::uint64_t offset_;
  Toggle collective_;
};

}  // namespace

std::unique_ptr<SharedImages> open_plain_images(Communicator& ranks, SharedPlace const& place,
                                                SharedFileOptions const& options) {
  std::unique_ptr<SharedFile> file;
  if (ranks.native() == nullptr) {
    file = std::make_unique<LonelyFile>(place.file);
  } else {
    file = open_mpi_file(ranks, place.file, options.mpi_hints);
  }
  return std::make_unique<PlainSharedImages>(std::move(file), place, options.collective.value_or(Toggle::on));
}

}  // namespace lauebench
