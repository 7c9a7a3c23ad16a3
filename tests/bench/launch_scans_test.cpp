#include "bench/launch_scans.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "sample_launch.hpp"
#include "scratch_folder.hpp"

namespace lauebench {
namespace {

using test::sample_launch;
using test::write_text;
using testing::AllOf;
using testing::HasSubstr;

std::string refusal_of(ReconstructionNeeds const& second) {
  try {
    static_cast<void>(join_needs({"/data/a.h5", "/data/b.h5"}, {sample_launch("/tmp").needs, second}));
  } catch (Error const& error) {
    return error.what();
  }
  return {};
}

TEST(LaunchScans, OfOtherShapeOrTypeAreRefusedWithTheFigures) {
  ReconstructionNeeds const first = sample_launch("/tmp").needs;
  ReconstructionNeeds other = first;
  other.images = 61;
  EXPECT_THAT(refusal_of(other), AllOf(HasSubstr("'/data/a.h5' and '/data/b.h5'"),
                                       HasSubstr("60 images of 48 x 64 pixels, uint16; 61 images of 48 x 64")));
  other = first;
  other.rows = 49;
  EXPECT_THAT(refusal_of(other), HasSubstr("60 images of 49 x 64"));
  other = first;
  other.columns = 65;
  EXPECT_THAT(refusal_of(other), HasSubstr("60 images of 48 x 65"));
  other = first;
  other.element_type = ElementType::float32;
  EXPECT_THAT(refusal_of(other), HasSubstr("60 images of 48 x 64 pixels, float32"));
  EXPECT_EQ(refusal_of(first), "");
}

TEST(LaunchScans, NeedTheMostOfWhatDiffers) {
  ReconstructionNeeds const first = sample_launch("/tmp").needs;
  ReconstructionNeeds second = first;
  second.input_bytes = first.input_bytes - 1;
  second.output_bytes = first.output_bytes + 1;
  second.frames = StoredFrames::filtered;
  ReconstructionNeeds const joint = join_needs({"/a.h5", "/b.h5"}, {first, second});
  EXPECT_EQ(joint.input_bytes, first.input_bytes);
  EXPECT_EQ(joint.output_bytes, second.output_bytes);
  EXPECT_EQ(joint.frames, StoredFrames::filtered);
}

TEST(LaunchScans, ThatAreTheSameFileAreRefusedByWhateverName) {
  test::ScratchFolder const folder;
  write_text(folder / "a.h5", "scan");
  write_text(folder / "b.h5", "scan");
  std::filesystem::create_symlink("a.h5", folder / "c.h5");
  EXPECT_NO_THROW(require_different_scans({folder / "a.h5", folder / "b.h5"})) << "their content is not looked at";
  for (auto const* const name : {"a.h5", "c.h5"}) {
    EXPECT_THROW(require_different_scans({folder / "a.h5", folder / "b.h5", folder / name}), Error) << name;
  }
}

TEST(LaunchScans, ReplicasTakeThemInTurn) {
  Plan plan;
  plan.replicas = 5;
  EXPECT_EQ(replicas_of(0, 2, plan), "0, 2, 4");
  EXPECT_EQ(replicas_of(1, 2, plan), "1, 3");
  EXPECT_EQ(replicas_of(5, 6, plan), "");
}

}  // namespace
}  // namespace lauebench
