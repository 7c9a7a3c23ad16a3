#include "io/geometry_xml.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/file_descriptor.hpp"
#include "io/geometry_reader.hpp"

namespace lauebench {

namespace {

/// Real geometry files have 2.3 KB; whatever is larger than this is not one, and is not pulled into memory.
constexpr std::uint64_t largest_file_bytes = 16 * 1024 * 1024;

}  // namespace

std::string read_geometry_file(std::filesystem::path const& path) {
  auto const problem = fmt::format("cannot read geometry file '{}'", path.string());
  auto const file = open_regular_file_for_reading(path, problem);
  auto const size = size_of(file, problem);
  if (size > largest_file_bytes) {
    throw bad_input(problem, fmt::format("{} bytes are too many for a geometry file", size),
                    "give an XML file with the root element geoN");
  }
  std::string text(size, '\0');
  read_all(file, 0, std::as_writable_bytes(std::span(text)), problem);
  return text;
}

std::string with_proper_comments(std::string_view text) {
  struct Passage {
    std::string_view opening;
    std::string_view closing;
    std::string_view opening_written;
  };
  static constexpr std::array passages{Passage{"<!--", "-->", "<!--"}, Passage{"<--", "-->", "<!--"},
                                       Passage{"<![CDATA[", "]]>", "<![CDATA["}, Passage{"<?", "?>", "<?"}};
  std::string result;
  result.reserve(text.size() + 64);
  while (!text.empty()) {
    auto const begin = std::min(text.find('<'), text.size());
    result += text.substr(0, begin);
    text.remove_prefix(begin);
    auto const* const passage =
        std::find_if(passages.begin(), passages.end(), [&](Passage const& p) { return text.starts_with(p.opening); });
    if (passage == passages.end()) {
      result += text.substr(0, 1);
      text.remove_prefix(std::min<std::size_t>(1, text.size()));
      continue;
    }
    result += passage->opening_written;
    text.remove_prefix(passage->opening.size());
    auto const close = text.find(passage->closing);
    auto const end = close == std::string_view::npos ? text.size() : close + passage->closing.size();
    result += text.substr(0, end);
    text.remove_prefix(end);
  }
  return result;
}

std::string_view local_name(pugi::xml_node const& node) {
  std::string_view const name = node.name();
  auto const colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node root_element(pugi::xml_document& document, std::string const& text, std::string const& file) {
  auto const problem = fmt::format("geometry file '{}' is not valid XML", file);
  auto const result = document.load_buffer(text.data(), text.size());
  if (!result) {
    auto const end =
        text.begin() + std::clamp<std::ptrdiff_t>(result.offset, 0, static_cast<std::ptrdiff_t>(text.size()));
    throw bad_input(problem, fmt::format("line {}: {}", 1 + std::count(text.begin(), end, '\n'), result.description()),
                    "correct it, or export it again");
  }
  pugi::xml_node root;
  for (auto const& node : document) {
    if (node.type() != pugi::node_element) {
      continue;
    }
    if (root) {
      throw bad_input(problem, fmt::format("a second root element '{:.60}' follows the first", node.name()),
                      "expected one root element geoN");
    }
    root = node;
  }
  if (local_name(root) != "geoN") {
    throw bad_input(fmt::format("'{}' is not a geometry file", file),
                    fmt::format("its root element is '{:.60}'", root.name()), "expected the root element geoN");
  }
  return root;
}

}  // namespace lauebench
