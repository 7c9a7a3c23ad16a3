#include "io/depth_image_reader.hpp"

#include <string>
#include <utility>

#include "io/depth_image_chunks.hpp"
#include "io/file_descriptor.hpp"

namespace lauebench {
namespace {

/// An image whose elements lie behind one another in a file.
class ContiguousImage final : public OpenDepthImage {
 public:
  ContiguousImage(std::filesystem::path const& file, std::uint64_t place)
      : problem_(unreadable_again(file)), file_(open_depth_image(file)), place_(place) {}

  void read(std::uint64_t offset, std::span<std::byte> destination) override {
    read_all(file_, place_ + offset, destination, problem_);
  }

 private:
  std::string problem_;
  posix::Descriptor file_;
  std::uint64_t place_;
};

/// Images of which each lies in one piece.
class ContiguousImages final : public DepthImageReader {
 public:
  ContiguousImages(StoredDepthImages images, ImagePlace const& place)
      : images_(std::move(images)), place_(place), shape_{images_.count, images_.rows, images_.columns, place_.type} {}

  [[nodiscard]] DepthImageShape const& shape() const override { return shape_; }

  [[nodiscard]] std::unique_ptr<OpenDepthImage> open(std::int64_t image) const override {
    std::uint64_t const in_file = static_cast<std::uint64_t>(image) % place_.images;
    return std::make_unique<ContiguousImage>(images_.file(image), *place_.offset + in_file * shape_.image_bytes());
  }

 private:
  StoredDepthImages images_;
  ImagePlace place_;
  DepthImageShape shape_;
};

}  // namespace

std::unique_ptr<DepthImageReader> open_depth_images(StoredDepthImages const& images) {
  ImagePlace const place = place_of_images(images);
  if (!place.offset) {
    return open_chunked_images(images, place);
  }
  return std::make_unique<ContiguousImages>(images, place);
}

}  // namespace lauebench
