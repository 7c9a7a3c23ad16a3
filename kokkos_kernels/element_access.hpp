#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "kokkos_kernels/portability.hpp"
#include "kokkos_kernels/types.hpp"

/// Reading frames and writing depth images whose element type is known at run time only.
namespace lauebench::kernels {

/// Calls `action` with a value of the C++ type that `type` stands for.
template <class Action>
LAUEBENCH_FUNCTION decltype(auto) with_element(ElementType type, Action const& action) {
  switch (type) {
    case ElementType::uint8:
      return action(std::uint8_t{});
    case ElementType::int8:
      return action(std::int8_t{});
    case ElementType::uint16:
      return action(std::uint16_t{});
    case ElementType::int16:
      return action(std::int16_t{});
    case ElementType::int32:
      return action(std::int32_t{});
    case ElementType::float32:
      return action(float{});
    case ElementType::float64:
      break;
  }
  return action(double{});
}

/// Range of an integer element, as plain constants: device code cannot call std::numeric_limits.
template <class Integer>
struct IntegerRange {
  static constexpr double low = std::numeric_limits<Integer>::min();
  static constexpr double high = std::numeric_limits<Integer>::max();
};

/// `value` as element of an image: integers are truncated toward zero and clamped to their range; what is not a number
/// becomes 0 there.
template <class Out>
LAUEBENCH_FUNCTION Out to_element(double value) {
  if constexpr (std::numeric_limits<Out>::is_integer) {
    double const raised = value > IntegerRange<Out>::low ? value : IntegerRange<Out>::low;
    double const held = raised < IntegerRange<Out>::high ? raised : IntegerRange<Out>::high;
    return static_cast<Out>(value == value ? held : 0.0);
  } else {
    return static_cast<Out>(value);
  }
}

LAUEBENCH_FUNCTION double load_element(void const* elements, ElementType type, std::size_t index) {
  return with_element(type, [=](auto zero) {
    using In = decltype(zero);
    return static_cast<double>(static_cast<In const*>(elements)[index]);
  });
}

/// Returns the value as stored.
LAUEBENCH_FUNCTION double store_element(void* elements, ElementType type, std::size_t index, double value) {
  return with_element(type, [=](auto zero) {
    using Out = decltype(zero);
    Out const element = to_element<Out>(value);
    static_cast<Out*>(elements)[index] = element;
    return static_cast<double>(element);
  });
}

}  // namespace lauebench::kernels
