#include "io/depth_image_reader.hpp"

#include <string>
#include <utility>

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
  explicit ContiguousImages(StoredDepthImages images)
      : images_(std::move(images)),
        place_(place_of_images(images_)),
        shape_{images_.count, images_.rows, images_.columns, place_.type} {}

  [[nodiscard]] DepthImageShape const& shape() const override { return shape_; }

  [[nodiscard]] std::unique_ptr<OpenDepthImage> open(std::int64_t image) const override {
    return std::make_unique<ContiguousImage>(images_.file(image), place_of(image));
  }

 private:
  [[nodiscard]] std::uint64_t place_of(std::int64_t image) const {
    return place_.offset + static_cast<std::uint64_t>(image) % place_.images * shape_.image_bytes();
  }

  StoredDepthImages images_;
  ImagePlace place_;
  DepthImageShape shape_;
};

}  // namespace

std::unique_ptr<DepthImageReader> open_depth_images(StoredDepthImages const& images) {
  return std::make_unique<ContiguousImages>(images);
}

}  // namespace lauebench
