#include "io/geometry_reader.hpp"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "expect_error.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench {
namespace {

using test::expect_error;
using test::TemporaryFolder;

std::filesystem::path real_file(std::string const& name) {
  return std::filesystem::path(LAUEBENCH_TEST_DATA) / "geometries" / name;
}

void expect_vector(Vec3 const& found, Vec3 const& expected) {
  EXPECT_DOUBLE_EQ(found.x, expected.x);
  EXPECT_DOUBLE_EQ(found.y, expected.y);
  EXPECT_DOUBLE_EQ(found.z, expected.z);
}

/// A small file that is right; tests spoil one place of it.
std::string const good_file = R"(<?xml version="1.0"?>
<geoN xmlns="http://example.org/geoN">
  <Detectors>
    <Detector N="0">
      <Npixels>2048 1024</Npixels>
      <size unit="mm">409.6 204.8</size>
      <R unit="radian">0.1 -0.2 0.3</R>
      <P unit="mm">1.5 -2.5 500</P>
    </Detector>
    <Detector N="2">
      <Npixels>16 16</Npixels>
      <size unit="mm">1 1</size>
      <R unit="radian">0 0 0</R>
      <P unit="mm">0 0 1</P>
    </Detector>
  </Detectors>
  <Wire>
    <dia unit="micron">52</dia>
    <Origin unit="micron">1 2 3</Origin>
    <R unit="radian">0 0 0</R>
    <Axis>1 0 0</Axis>
  </Wire>
</geoN>
)";

std::string replaced(std::string text, std::string const& from, std::string const& to) {
  auto const place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

class GeometryReader : public testing::Test {
 protected:
  BeamlineGeometry read(std::string const& text, int detector = 0) const {
    auto const file = folder_ / "geometry.xml";
    std::ofstream(file) << text;
    return read_geometry(file, detector);
  }

  void expect_refused(std::string const& text, std::vector<std::string> parts, int detector = 0) const {
    parts.emplace_back("geometry.xml");
    expect_error([&] { static_cast<void>(read(text, detector)); }, ReturnCode::bad_input, parts);
  }

  TemporaryFolder folder_;
};

TEST(RealGeometryFiles, Of2023) {
  auto const geometry = read_geometry(real_file("geoN_2023-04-06_03-07-11.xml"), 0);
  EXPECT_EQ(geometry.detector.pixels_x, 2048);
  EXPECT_EQ(geometry.detector.pixels_y, 2048);
  EXPECT_DOUBLE_EQ(geometry.detector.pitch_x_um, 200.0);
  EXPECT_DOUBLE_EQ(geometry.detector.pitch_y_um, 200.0);
  expect_vector(geometry.detector.rotation_rad, {-1.20161887, -1.21404493, -1.21852276});
  expect_vector(geometry.detector.translation_um, {28828.0, 2715.0, 512993.0});
  EXPECT_DOUBLE_EQ(geometry.wire.diameter_um, 101.5);
  expect_vector(geometry.wire.origin_um, {0.0, 1.5, 0.0});
  expect_vector(geometry.wire.rotation_rad, {0.0045, -0.00684, -3.375e-05});
  expect_vector(geometry.wire.axis, {0.99999608, 0.0, 0.0028000002});
}

TEST(RealGeometryFiles, Of2011WithCommentsThatXmlDoesNotKnow) {
  for (auto const& [detector, translation] : {std::pair{0, Vec3{25200.0, -2876.0, 510882.0}},
                                              {1, Vec3{-142539.0, -2741.0, 411967.0}},
                                              {2, Vec3{-142736.0, -2471.0, 417249.0}}}) {
    auto const geometry = read_geometry(real_file("geoN_2011-10-20_21-35-02.xml"), detector);
    expect_vector(geometry.detector.translation_um, translation);
    EXPECT_EQ(geometry.detector.pixels_x, detector == 0 ? 2048 : 1024);
    EXPECT_DOUBLE_EQ(geometry.wire.diameter_um, 52.0);
    expect_vector(geometry.wire.origin_um, {2.5, 0.0, 0.0});
  }
}

TEST(RealGeometryFiles, Of2012SideDetector) {
  auto const geometry = read_geometry(real_file("geoN_2012-11-10_17-59-03.xml"), 2);
  expect_vector(geometry.detector.rotation_rad, {-0.61383828, -1.50298645, -0.62118817});
  expect_vector(geometry.wire.axis, {1.0, 0.0, 0.0});
  EXPECT_DOUBLE_EQ(geometry.wire.diameter_um, 52.5);
}

TEST_F(GeometryReader, PitchAndUnits) {
  auto const geometry = read(replaced(good_file, "409.6 204.8", "409.6\n 102.4 "));
  EXPECT_DOUBLE_EQ(geometry.detector.pitch_x_um, 200.0);
  EXPECT_DOUBLE_EQ(geometry.detector.pitch_y_um, 100.0);
  expect_vector(geometry.detector.translation_um, {1500.0, -2500.0, 500000.0});
}

TEST_F(GeometryReader, PrefixesAndNoNamespace) {
  auto prefixed =
      replaced(good_file, "<geoN xmlns=\"http://example.org/geoN\">", "<g:geoN xmlns:g=\"http://example.org/geoN\">");
  prefixed = replaced(replaced(prefixed, "</geoN>", "</g:geoN>"), "<dia unit=\"micron\">52</dia>",
                      "<g:dia unit=\"micron\">52</g:dia>");
  EXPECT_DOUBLE_EQ(read(prefixed).wire.diameter_um, 52.0);
  EXPECT_DOUBLE_EQ(read(replaced(good_file, " xmlns=\"http://example.org/geoN\"", "")).wire.diameter_um, 52.0);
}

TEST_F(GeometryReader, OldCommentsHideElementsAndProperOnesMayHoldArrows) {
  auto text = replaced(good_file, "<dia unit", "<-- <dia>1</dia> -->\n<!-- an arrow <-- here --><dia unit");
  EXPECT_DOUBLE_EQ(read(text).wire.diameter_um, 52.0);
  text = replaced(good_file, "<Wire>", "<note><![CDATA[ <-- not a comment ]]></note><Wire>");
  EXPECT_DOUBLE_EQ(read(text).wire.diameter_um, 52.0);
}

TEST_F(GeometryReader, MalformedXmlNamesTheLine) {
  expect_refused(replaced(good_file, "</Wire>", "</Wird>"), {"not valid XML", "line 22"});
  expect_refused("", {"not valid XML"});
  expect_refused("no markup at all", {"not valid XML"});
  expect_refused(good_file + "<geoN/>", {"second root element"});
  expect_refused("<html></html>", {"not a geometry file", "'html'", "geoN"});
  expect_refused(good_file.substr(0, good_file.size() / 2), {"not valid XML"});
}

TEST_F(GeometryReader, MissingElementsAreNamed) {
  for (auto const& [line, path] :
       {std::pair<std::string, std::string>{"<Npixels>2048 1024</Npixels>", "Detectors/Detector[0]/Npixels"},
        {"<size unit=\"mm\">409.6 204.8</size>", "Detectors/Detector[0]/size"},
        {"<R unit=\"radian\">0.1 -0.2 0.3</R>", "Detectors/Detector[0]/R"},
        {"<P unit=\"mm\">1.5 -2.5 500</P>", "Detectors/Detector[0]/P"},
        {"<dia unit=\"micron\">52</dia>", "Wire/dia"},
        {"<Origin unit=\"micron\">1 2 3</Origin>", "Wire/Origin"},
        {"<Axis>1 0 0</Axis>", "Wire/Axis"}}) {
    expect_refused(replaced(good_file, line, ""), {"element " + path + " is missing"});
    expect_refused(replaced(good_file, line, line + line), {"element " + path + " is there 2 times"});
  }
  auto const wire = good_file.find("<Wire>");
  expect_refused(good_file.substr(0, wire) + "</geoN>", {"element Wire is missing"});
}

TEST_F(GeometryReader, NumbersAreChecked) {
  for (std::string const bad : {"1 0", "1 0 0 0", "1 0 x", "1 0 0garbage", "", "nan 0 0", "inf 0 0", "1,0,0", "0 0 0",
                                "1e999 0 0", "1e-300 0 0", "0 9e-7 0"}) {
    expect_refused(replaced(good_file, "<Axis>1 0 0", "<Axis>" + bad), {"Wire/Axis", "expected three numbers"});
  }
  for (std::string const bad : {"0 1024", "-1 1024", "2048.5 1024", "3e9 1024", "2048"}) {
    expect_refused(replaced(good_file, "2048 1024", bad),
                   {"Detectors/Detector[0]/Npixels", "expected two whole numbers > 0"});
  }
  for (std::string const bad : {"0", "-52", "52 52", "nan", "100001"}) {
    expect_refused(replaced(good_file, ">52<", ">" + bad + "<"), {"Wire/dia", "expected one number > 0"});
  }
  for (std::string const bad : {"0 0 1e300", "8e6 0 8e6", "nan 0 0"}) {
    expect_refused(replaced(good_file, "1.5 -2.5 500", bad), {"Detectors/Detector[0]/P", "at most 1e7 mm"});
  }
  for (std::string const bad : {"409.6 0", "1e306 1", "1 10000001"}) {
    expect_refused(replaced(good_file, "409.6 204.8", bad), {"Detectors/Detector[0]/size", "at most 1e7"});
  }
  EXPECT_DOUBLE_EQ(read(replaced(good_file, "<Axis>1 0 0", "<Axis> +1.0\t0 -0 ")).wire.axis.x, 1.0);
}

TEST_F(GeometryReader, UnitsAreChecked) {
  expect_refused(replaced(good_file, "<R unit=\"radian\">0.1", "<R unit=\"degree\">0.1"),
                 {"Detectors/Detector[0]/R", "'degree'", "expected radian"});
  EXPECT_DOUBLE_EQ(read(replaced(good_file, "<R unit=\"radian\">0.1", "<R>0.1")).detector.rotation_rad.x, 0.1);
}

TEST_F(GeometryReader, TextOfTheFileFitsOneLine) {
  std::string const unit = "a&#10;b\x7f" + std::string(1000, 'c');
  expect_refused(replaced(good_file, "<R unit=\"radian\">0.1", "<R unit=\"" + unit + "\">0.1"),
                 {"'a b " + std::string(56, 'c') + "'"});
  expect_refused(replaced(good_file, "N=\"2\"", "N=\"2&#10;3\""), {"attribute N", "'2 3'"});
  expect_refused(replaced(good_file, "<Axis>1 0 0", "<Axis>1 0\x7f"), {"element Wire/Axis is '1 0 '"});
}

TEST_F(GeometryReader, AbsentDetectorListsWhatIsThere) {
  expect_refused(good_file, {"has no detector 1", "it has 0, 2"}, 1);
  EXPECT_EQ(read(good_file, 2).detector.pixels_x, 16);
  expect_refused(replaced(good_file, "N=\"2\"", "N=\"0\""), {"N=\"0\" is there twice"});
  expect_refused(replaced(good_file, "N=\"2\"", "N=\"two\""), {"attribute N", "'two'"});
}

TEST_F(GeometryReader, FilesThatCannotBeRead) {
  auto const missing = folder_ / "none.xml";
  expect_error([&] { static_cast<void>(read_geometry(missing, 0)); }, ReturnCode::bad_input,
               {missing.string(), "no such file"});
  expect_error([&] { static_cast<void>(read_geometry(folder_.path(), 0)); }, ReturnCode::bad_input, {"it is a folder"});
  expect_error([&] { static_cast<void>(read_geometry("/dev/zero", 0)); }, ReturnCode::bad_input,
               {"not a regular file"});
  auto const large = folder_ / "large.xml";
  std::ofstream(large) << "<geoN/>";
  std::filesystem::resize_file(large, 17 * 1024 * 1024);
  expect_error([&] { static_cast<void>(read_geometry(large, 0)); }, ReturnCode::bad_input,
               {"too many for a geometry file"});
}

}  // namespace
}  // namespace lauebench
