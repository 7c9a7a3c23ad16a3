#include "bench/read_back.hpp"

#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "staging/file_helper.hpp"
#include "staging/filesystem_facts.hpp"
#include "staging/page_residency.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

class SendToStorage : public testing::Test {
 protected:
  StoredDepthImages write_images(int count) {
    for (int image = 0; image < count; ++image) {
      test::write(folder_ / ("out" + std::to_string(image) + ".h5"), std::string(100'000, 'x'));
    }
    return {folder_ / "out", count, 10, 10};
  }

  test::TemporaryFolder folder_;
};

TEST_F(SendToStorage, LeavesNothingInThePageCacheOfADisk) {
  auto const images = write_images(3);
  double const left = std::get<double>(send_to_storage(images, 2, {}));
  if (read_filesystem_facts(folder_.path()).page_cache == PageCacheRole::is_storage) {
    EXPECT_EQ(left, 1.0) << "there is nowhere to send them to";
  } else {
    EXPECT_LE(left, cold_fraction);
  }
}

TEST_F(SendToStorage, ImageThatIsGoneIsAnError) {
  auto const images = write_images(3);
  std::filesystem::remove(images.file(1));
  test::expect_error([&] { static_cast<void>(send_to_storage(images, 1, {})); }, ReturnCode::io_error, {"out1.h5"});
}

TEST_F(SendToStorage, EndsBetweenTwoImagesWhenItIsCancelled) {
  auto const images = write_images(3);
  Cancellation const at_once([] { return Error(ReturnCode::cancelled, "it was cancelled", "a test", "go on"); });
  test::expect_error([&] { static_cast<void>(send_to_storage(images, 2, at_once)); }, ReturnCode::cancelled,
                     {"it was cancelled"});
}

}  // namespace
}  // namespace lauebench
