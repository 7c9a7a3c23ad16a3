#include "io/depth_output.hpp"

#include <utility>

namespace lauebench {

DepthOutputTemplate make_depth_output_template(DepthOutput const& output) {
  if (output.layout == OutputLayout::per_rank) {
    return make_depth_stack_template(output.scan, output.element_type, output.rows, output.columns, output.depths);
  }
  return make_depth_file_template(output.scan, output.element_type, output.rows, output.columns);
}

std::uint64_t depth_output_template_bytes(DepthOutput const& output) {
  return output.layout == OutputLayout::per_rank
             ? depth_stack_template_bytes(output.scan, output.depths)
             : depth_file_template_bytes(output.scan, output.element_type, output.rows, output.columns);
}

std::uint64_t held_bytes(DepthOutputTemplate const& file_template) {
  auto const* const file = std::get_if<DepthFileTemplate>(&file_template);
  return file != nullptr ? file->bytes.size() : std::get<DepthStackTemplate>(file_template).held_bytes();
}

DepthOutputSize output_size(DepthOutputTemplate const& file_template, DepthGrid const& depths) {
  auto const* const file = std::get_if<DepthFileTemplate>(&file_template);
  return file != nullptr ? output_size(*file, depths) : output_size(std::get<DepthStackTemplate>(file_template));
}

std::unique_ptr<DepthImageWriter> make_depth_image_writer(std::filesystem::path const& base, DepthGrid const& depths,
                                                          DepthOutputTemplate file_template, IoPath io_path) {
  if (auto* const stack = std::get_if<DepthStackTemplate>(&file_template)) {
    return std::make_unique<DepthStackWriter>(base, std::move(*stack), io_path);
  }
  return std::make_unique<DepthFileWriter>(base, depths, std::move(std::get<DepthFileTemplate>(file_template)),
                                           io_path);
}

}  // namespace lauebench
