#include "io/depth_output.hpp"

#include <utility>

#include "cluster/shared_file.hpp"

namespace lauebench {

namespace {

/// One lambda for each layout.
template <class... Lambdas>
struct ByLayout : Lambdas... {
  using Lambdas::operator()...;
};
template <class... Lambdas>
ByLayout(Lambdas...) -> ByLayout<Lambdas...>;

}  // namespace

DepthOutputTemplate make_depth_output_template(DepthOutput const& output) {
  if (output.layout == OutputLayout::per_depth) {
    return make_depth_file_template(output.scan, output.element_type, output.rows, output.columns);
  }
  DepthImageShape const shape{output.depths.count, output.rows, output.columns, output.element_type};
  if (output.layout == OutputLayout::shared) {
    return make_shared_stack_template(output.scan, shape, output.depths, output.gzip_level, output.shared);
  }
  if (output.gzip_level > 0) {
    return make_compressed_stack_template(output.scan, shape, output.depths, output.gzip_level);
  }
  return make_depth_stack_template(output.scan, output.element_type, output.rows, output.columns, output.depths);
}

std::string_view write_path(IoPath asked, OutputLayout layout, int gzip_level) {
  if (asked == IoPath::hdf5 || (layout == OutputLayout::shared && gzip_level > 0)) {
    return "hdf5";
  }
  if (layout == OutputLayout::shared) {
    return "mpi-io";
  }
  return gzip_level > 0 ? "chunks" : "pwrite";
}

std::uint64_t depth_output_template_bytes(DepthOutput const& output) {
  return output.layout == OutputLayout::per_depth
             ? depth_file_template_bytes(output.scan, output.element_type, output.rows, output.columns)
             : depth_stack_template_bytes(output.scan, output.depths);
}

std::uint64_t held_bytes(DepthOutputTemplate const& file_template) {
  return std::visit(ByLayout{[](DepthFileTemplate const& file) -> std::uint64_t { return file.bytes.size(); },
                             [](DepthStackTemplate const& stack) { return stack.held_bytes(); },
                             // copied once more by the writer
                             [](CompressedStackTemplate const& stack) { return stack.surroundings_bytes; },
                             [](SharedStackTemplate const& stack) { return stack.surroundings_bytes; }},
                    file_template);
}

std::uint64_t writer_bytes(DepthOutputTemplate const& file_template) {
  return std::holds_alternative<SharedStackTemplate>(file_template) ? collective_buffer_bytes : 0;
}

std::uint64_t prepared_row_bytes(DepthOutputTemplate const& file_template, int threads) {
  if (auto const* const shared = std::get_if<SharedStackTemplate>(&file_template)) {
    return shared_row_bytes(*shared);
  }
  auto const* const compressed = std::get_if<CompressedStackTemplate>(&file_template);
  return compressed != nullptr ? compression_row_bytes(compressed->shape, threads) : 0;
}

DepthOutputSize output_size(DepthOutputTemplate const& file_template, DepthGrid const& depths, int rows_per_stripe) {
  return std::visit(
      ByLayout{
          [&depths](DepthFileTemplate const& file) { return output_size(file, depths); },
          [](DepthStackTemplate const& stack) { return output_size(stack); },
          [rows_per_stripe](CompressedStackTemplate const& stack) { return most_output_size(stack, rows_per_stripe); },
          [rows_per_stripe](SharedStackTemplate const& stack) { return output_size(stack, rows_per_stripe); }},
      file_template);
}

std::unique_ptr<DepthImageWriter> make_depth_image_writer(std::filesystem::path const& base, DepthGrid const& depths,
                                                          DepthOutputTemplate file_template,
                                                          DepthWriting const& writing) {
  using Writer = std::unique_ptr<DepthImageWriter>;
  return std::visit(ByLayout{[&](DepthFileTemplate&& file) -> Writer {
                               return std::make_unique<DepthFileWriter>(base, depths, std::move(file), writing.io_path);
                             },
                             [&](DepthStackTemplate&& stack) -> Writer {
                               return std::make_unique<DepthStackWriter>(base, std::move(stack), writing.io_path);
                             },
                             [&](CompressedStackTemplate&& stack) -> Writer {
                               return std::make_unique<CompressedStackWriter>(base, stack, writing.rows_per_stripe,
                                                                              writing.io_path);
                             },
                             [&](SharedStackTemplate&& stack) -> Writer {
                               return std::make_unique<SharedStackWriter>(stack, writing.rows_per_stripe,
                                                                          writing.io_path, *writing.shared);
                             }},
                    std::move(file_template));
}

}  // namespace lauebench
