#include "io/geometry_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pugixml.hpp>

#include "config/error.hpp"
#include "io/geometry_xml.hpp"
#include "io/rotation.hpp"

namespace lauebench {

namespace {

constexpr double um_per_mm = 1000.0;

/// Names of a unit; the first is the usual one.
using UnitNames = std::span<std::string_view const>;
constexpr std::array<std::string_view, 3> radian{"radian", "radians", "rad"};
constexpr std::array<std::string_view, 1> millimetre{"mm"};
constexpr std::array<std::string_view, 4> micrometre{"micron", "microns", "um", "µm"};
constexpr UnitNames no_unit{};

/// Text of the file made fit for one line of a message.
std::string printable(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return line;
}

/// An element together with what errors need: the file's name and the element's place in it, as
/// "Detectors/Detector[0]/P".
class Element {
 public:
  Element(pugi::xml_node node, std::string file, std::string path)
      : node_(node), file_(std::move(file)), path_(std::move(path)) {}

  [[nodiscard]] std::vector<pugi::xml_node> children(std::string_view name) const {
    std::vector<pugi::xml_node> found;
    std::copy_if(node_.begin(), node_.end(), std::back_inserter(found),
                 [&](auto const& child) { return child.type() == pugi::node_element && local_name(child) == name; });
    return found;
  }

  [[nodiscard]] Element child(std::string_view name) const {
    auto const found = children(name);
    auto const path = path_.empty() ? std::string(name) : fmt::format("{}/{}", path_, name);
    if (found.size() != 1) {
      throw bad_input(fmt::format("geometry file '{}' cannot be used", file_),
                      found.empty() ? fmt::format("element {} is missing", path)
                                    : fmt::format("element {} is there {} times", path, found.size()),
                      "it must be there once");
    }
    return {found.front(), file_, path};
  }

  [[nodiscard]] Error wrong(std::string_view expected) const {
    auto const line_text = std::string(node_.text().get());
    return bad_input(fmt::format("geometry file '{}' cannot be used", file_),
                     fmt::format("element {} is '{:.60}'", path_, printable(line_text)),
                     fmt::format("expected {}", expected));
  }

  /// Exactly N numbers, separated by white space. `unit` holds the names of the unit that is expected; an element need
  /// not state one.
  template <std::size_t N>
  [[nodiscard]] std::array<double, N> numbers(std::string_view expected, UnitNames unit) const {
    if (std::string_view const stated = node_.attribute("unit").value();
        !stated.empty() && std::find(unit.begin(), unit.end(), stated) == unit.end()) {
      throw bad_input(fmt::format("geometry file '{}' cannot be used", file_),
                      fmt::format("element {} has the unit '{:.60}'", path_, printable(stated)),
                      fmt::format("expected {}", unit.empty() ? "none" : unit.front()));
    }
    std::array<double, N> values{};
    std::string_view rest = node_.text().get();
    for (double& value : values) {
      auto const number = take_number(rest);
      if (!number) {
        throw wrong(expected);
      }
      value = *number;
    }
    if (!skip_blanks(rest).empty()) {
      throw wrong(expected);
    }
    return values;
  }

  [[nodiscard]] Vec3 vector(std::string_view expected, UnitNames unit) const {
    auto const [x, y, z] = numbers<3>(expected, unit);
    return {x, y, z};
  }

 private:
  static std::string_view skip_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  }

  /// Takes one finite number from the front of `text`; it must end at white space or at the end.
  static std::optional<double> take_number(std::string_view& text) {
    text = skip_blanks(text);
    auto word = text.substr(0, std::min(text.find_first_of(" \t\r\n"), text.size()));
    text.remove_prefix(word.size());
    if (word.starts_with('+')) {
      word.remove_prefix(1);
    }
    double value = 0.0;
    auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    bool const whole = error == std::errc{} && end == word.data() + word.size();
    return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
  }

  pugi::xml_node node_;
  std::string file_;
  std::string path_;
};

int pixel_count(Element const& element, double value, std::string_view expected) {
  if (value < 1.0 || value > INT_MAX || value != std::floor(value)) {
    throw element.wrong(expected);
  }
  return static_cast<int>(value);
}

Vec3 read_translation_mm(Element const& translation) {
  constexpr double farthest_mm = 1e7;
  constexpr std::string_view three_lengths =
      "three numbers, the detector's translation in mm, together at most 1e7 mm long";
  Vec3 const translation_mm = translation.vector(three_lengths, millimetre);
  if (norm(translation_mm) > farthest_mm) {
    throw translation.wrong(three_lengths);
  }
  return translation_mm;
}

DetectorGeometry read_detector(Element const& detector) {
  constexpr std::string_view two_counts = "two whole numbers > 0, the detector's pixels along x and y";
  constexpr double largest_mm = 1e7;
  constexpr std::string_view two_lengths = "two numbers > 0 and at most 1e7, the detector's size along x and y in mm";
  auto const npixels = detector.child("Npixels");
  auto const [pixels_x, pixels_y] = npixels.numbers<2>(two_counts, no_unit);
  auto const size = detector.child("size");
  auto const [size_x, size_y] = size.numbers<2>(two_lengths, millimetre);
  if (size_x <= 0.0 || size_y <= 0.0 || size_x > largest_mm || size_y > largest_mm) {
    throw size.wrong(two_lengths);
  }
  DetectorGeometry geometry;
  geometry.pixels_x = pixel_count(npixels, pixels_x, two_counts);
  geometry.pixels_y = pixel_count(npixels, pixels_y, two_counts);
  geometry.pitch_x_um = size_x * um_per_mm / geometry.pixels_x;
  geometry.pitch_y_um = size_y * um_per_mm / geometry.pixels_y;
  geometry.rotation_rad =
      detector.child("R").vector("three numbers, the detector's rotation vector in radians", radian);
  geometry.translation_um = um_per_mm * read_translation_mm(detector.child("P"));
  return geometry;
}

WireGeometry read_wire(Element const& wire) {
  constexpr double thickest_um = 1e5;
  constexpr double shortest_axis = 1e-6;
  constexpr std::string_view diameter = "one number > 0 and at most 1e5, the wire's diameter in micrometres";
  constexpr std::string_view direction = "three numbers, not all 0 (or nearly so), the wire's direction";
  auto const dia = wire.child("dia");
  auto const axis = wire.child("Axis");
  WireGeometry geometry;
  geometry.diameter_um = dia.numbers<1>(diameter, micrometre).front();
  if (geometry.diameter_um <= 0.0 || geometry.diameter_um > thickest_um) {
    throw dia.wrong(diameter);
  }
  geometry.origin_um = wire.child("Origin").vector("three numbers, the wire's origin in micrometres", micrometre);
  geometry.rotation_rad =
      wire.child("R").vector("three numbers, the wire positioner's rotation vector in radians", radian);
  geometry.axis = axis.vector(direction, no_unit);
  if (norm(geometry.axis) < shortest_axis || !std::isfinite(norm(geometry.axis))) {
    throw axis.wrong(direction);
  }
  return geometry;
}

Element find_detector(Element const& detectors, std::string const& file, int number) {
  std::vector<int> present;
  std::optional<pugi::xml_node> found;
  for (auto const& node : detectors.children("Detector")) {
    std::string_view const text = node.attribute("N").value();
    int n = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size()) {
      throw bad_input(fmt::format("geometry file '{}' cannot be used", file),
                      fmt::format("attribute N of element Detectors/Detector is '{:.20}'", printable(text)),
                      "expected the detector's number");
    }
    if (n == number && found) {
      throw bad_input(fmt::format("geometry file '{}' cannot be used", file),
                      fmt::format("element Detectors/Detector with N=\"{}\" is there twice", n),
                      "it must be there once");
    }
    if (n == number) {
      found = node;
    }
    present.push_back(n);
  }
  if (!found) {
    auto const there =
        present.empty() ? std::string("it has none") : fmt::format("it has {}", fmt::join(present, ", "));
    throw bad_input(fmt::format("geometry file '{}' has no detector {}", file, number),
                    fmt::format("no element Detectors/Detector with N=\"{}\"; {}", number, there),
                    "choose one that is there with --detector");
  }
  return {*found, file, fmt::format("Detectors/Detector[{}]", number)};
}

}  // namespace

BeamlineGeometry parse_geometry(std::string const& text, std::filesystem::path const& file, int detector) {
  auto const name = file.string();
  pugi::xml_document document;
  Element const root(root_element(document, with_proper_comments(text), name), name, "");
  BeamlineGeometry geometry;
  geometry.detector = read_detector(find_detector(root.child("Detectors"), name, detector));
  geometry.wire = read_wire(root.child("Wire"));
  return geometry;
}

BeamlineGeometry read_geometry(std::filesystem::path const& file, int detector) {
  return parse_geometry(read_geometry_file(file), file, detector);
}

}  // namespace lauebench
