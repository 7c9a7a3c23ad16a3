#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <pugixml.hpp>

/// Text and root of a geometry file. Internal to this room.
namespace lauebench {

/// The file's text with comments that open with `<--` (files of 2011 and 2012) made proper ones. Throws Error
/// (bad_input, io_error).
[[nodiscard]] std::string read_geometry_text(std::filesystem::path const& path);

/// An element's name without the prefix of its namespace.
[[nodiscard]] std::string_view local_name(pugi::xml_node const& node);

/// Parses `text` into `document` and returns its only element, which must be geoN. Throws Error (bad_input) naming
/// `file` and, where the text is not XML, the line.
[[nodiscard]] pugi::xml_node root_element(pugi::xml_document& document, std::string const& text,
                                          std::string const& file);

}  // namespace lauebench
