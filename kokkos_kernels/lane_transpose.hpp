#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

/// Transposition of small square blocks in vector registers: images hold rows side by side, the tile loop wants them as
/// lanes.
namespace lauebench::kernels {

/// Elements of a 16-byte register; a block is that many rows of that many elements.
template <class Element>
inline constexpr std::size_t block_size = 16 / sizeof(Element);

namespace detail {

template <class Element>
struct RegisterOf {
  using Type __attribute__((vector_size(16))) = Element;
};
template <class Element>
using Register = typename RegisterOf<Element>::Type;

/// (a_first, b_first, a_(first+1), b_(first+1), ...), half of a and half of b.
template <std::size_t first, class Element, std::size_t... I>
Register<Element> interleave(Register<Element> a, Register<Element> b, std::index_sequence<I...> /*lanes*/) {
  return __builtin_shufflevector(a, b, (first + I / 2 + I % 2 * block_size<Element>)...);
}

/// One pass: rows i and i + size/2 become rows 2i and 2i + 1, interleaved. log2(size) passes transpose.
template <class Element>
void interleave_rows(std::array<Register<Element>, block_size<Element>>& rows) {
  constexpr std::size_t half = block_size<Element> / 2;
  using Lanes = std::make_index_sequence<block_size<Element>>;
  auto const before = rows;
  for (std::size_t i = 0; i < half; ++i) {
    rows[2 * i] = interleave<0, Element>(before[i], before[i + half], Lanes());
    rows[2 * i + 1] = interleave<half, Element>(before[i], before[i + half], Lanes());
  }
}

}  // namespace detail

/// to[i * to_stride + j] = from[j * from_stride + i] for i, j < block_size. Strides in elements; no alignment needed.
template <class Element>
void transpose_block(Element const* from, std::size_t from_stride, Element* to, std::size_t to_stride) {
  constexpr std::size_t size = block_size<Element>;
  std::array<detail::Register<Element>, size> rows;
  for (std::size_t i = 0; i < size; ++i) {
    std::memcpy(&rows[i], from + i * from_stride, sizeof rows[i]);
  }
  for (std::size_t passes = 1; passes < size; passes *= 2) {
    detail::interleave_rows<Element>(rows);
  }
  for (std::size_t i = 0; i < size; ++i) {
    std::memcpy(to + i * to_stride, &rows[i], sizeof rows[i]);
  }
}

/// The same for `size` x `size` elements, a multiple of block_size.
template <std::size_t size, class Element>
void transpose_square(Element const* from, std::size_t from_stride, Element* to, std::size_t to_stride) {
  for (std::size_t i = 0; i < size; i += block_size<Element>) {
    for (std::size_t j = 0; j < size; j += block_size<Element>) {
      transpose_block(from + j * from_stride + i, from_stride, to + i * to_stride + j, to_stride);
    }
  }
}

}  // namespace lauebench::kernels
