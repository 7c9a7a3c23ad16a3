#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <pugixml.hpp>

/// Text and root of a geometry file. Internal to this room.
namespace lauebench {

/// A geometry file's text with comments that open with `<--` (files of 2011 and 2012) made proper ones. Comments, CDATA
/// and processing instructions are passed over as they are.
[[nodiscard]] std::string with_proper_comments(std::string_view text);

/// An element's name without the prefix of its namespace.
[[nodiscard]] std::string_view local_name(pugi::xml_node const& node);

/// Parses `text` into `document` and returns its only element, which must be geoN. Throws Error (bad_input) naming
/// `file` and, where the text is not XML, the line.
[[nodiscard]] pugi::xml_node root_element(pugi::xml_document& document, std::string const& text,
                                          std::string const& file);

}  // namespace lauebench
