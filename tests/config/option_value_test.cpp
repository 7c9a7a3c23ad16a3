#include "config/option_value.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "command_line_helper.hpp"

namespace lauebench {
namespace {

using test::parse_error;
using test::run_error;
using testing::StartsWith;

struct BadValue {
  std::vector<std::string> options;
  std::string message;  ///< beginning of it
};

class BadValues : public testing::TestWithParam<BadValue> {};

TEST_P(BadValues, AreNamedWithTheReason) { EXPECT_THAT(run_error(GetParam().options), StartsWith(GetParam().message)); }

INSTANTIATE_TEST_SUITE_P(
    Options, BadValues,
    testing::Values(
        BadValue{{"--cpu-parallel", "1,2,x"}, "--cpu-parallel '1,2,x' (entry 'x' is not a whole number): "},
        BadValue{{"--cpu-parallel", "1,,2"}, "--cpu-parallel '1,,2' (entry 2 is empty): "},
        BadValue{{"--cpu-threads", "1,"}, "--cpu-threads '1,' (entry 2 is empty): "},
        BadValue{{"--cpu-threads", "0"}, "--cpu-threads '0' (entry '0' is below 1): "},
        BadValue{{"--gpu-parallel", "-1"}, "--gpu-parallel '-1' (entry '-1' is below 1): "},
        BadValue{{"--gpu-parallel", "2,1.5"}, "--gpu-parallel '2,1.5' (entry '1.5' is not a whole number): "},
        BadValue{{"--gpu-parallel", "99999999999"},
                 "--gpu-parallel '99999999999' (entry '99999999999' is too large): "},
        BadValue{{"--gpu-memory-limit-mb", "0"}, "--gpu-memory-limit-mb '0' (below 1): "},
        BadValue{{"--profile", "foo"}, "--profile 'foo' (not of the form kokkos:LIBRARY): "},
        BadValue{{"--resolution", "0"}, "--resolution 0 (not above 0): "},
        BadValue{{"--resolution", "-0.5"}, "--resolution -0.5 (not above 0): "},
        BadValue{{"--resolution", "inf"}, "--resolution 'inf' (not a finite number): "},
        BadValue{{"--resolution", "nan"}, "--resolution 'nan' (not a finite number): "},
        BadValue{{"--resolution", "1um"}, "--resolution '1um' (not a finite number): "},
        BadValue{{"--resolution", "1e999"}, "--resolution '1e999' (out of range): "},
        BadValue{{"--resolution", "1e-9"}, "depth range 0:40 um at resolution 1e-09 um (4e+10 depth images, "},
        BadValue{{"--percent-brightest", "0"}, "--percent-brightest 0 (not above 0): "},
        BadValue{{"--percent-brightest", "100.1"}, "--percent-brightest 100.1 (above 100): "},
        BadValue{{"--memory-limit-mb", "0"}, "--memory-limit-mb '0' (below 1): "},
        BadValue{{"--memory-limit-mb", "9000000000000"}, "--memory-limit-mb '9000000000000' (above 8796093022207): "},
        BadValue{{"--runs", "0"}, "--runs '0' (below 1): "},
        BadValue{{"--runs", "2.0"}, "--runs '2.0' (not a whole number): "},
        BadValue{{"--warmup", "-1"}, "--warmup '-1' (below 0): "},
        BadValue{{"--verbose", "4"}, "--verbose '4' (above 3): "},
        BadValue{{"--detector", "3"}, "--detector '3' (above 2): "},
        BadValue{{"--rows-per-stripe", "0"}, "--rows-per-stripe '0' (below 1): "},
        BadValue{{"--seed", "-1"}, "--seed '-1' (not a whole number): "},
        BadValue{{"--mode", "cpuu"}, "--mode 'cpuu' (it takes cpu|gpu|both): did you mean cpu?"},
        BadValue{{"--wire-edge", ""}, "--wire-edge '' (it takes leading|trailing|both): "},
        BadValue{{"--output-type", "unit16"},
                 "--output-type 'unit16' (it takes scan|float32|int32|int16|uint16|float64|int8|uint8): did you mean "
                 "uint16?"},
        BadValue{{"--cache", "hot"}, "--cache 'hot' (it takes warm|cold|none): "},
        BadValue{{"--before-run", " "}, "--before-run ' ' (the command is empty): "},
        BadValue{{"--stripe-input", " "}, "--stripe-input ' ' (it is no line of arguments): "},
        BadValue{{"--stripe-output", "-c 4\n-S 1m"}, "--stripe-output '-c 4?-S 1m' (it is no line of arguments): "},
        BadValue{{"--results", ""}, "--results '' (the path is empty): "},
        BadValue{{"--tag", "\xff"}, "--tag '\xff' (not valid UTF-8, which the results file requires): "}));

class BadRanges : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(BadRanges, AreNamedWithTheReason) {
  auto const& [range, reason] = GetParam();
  EXPECT_THAT(parse_error({"--depth-range", range}), StartsWith("--depth-range '" + range + "' (" + reason + "): "));
}

INSTANTIATE_TEST_SUITE_P(Options, BadRanges,
                         testing::Values(std::pair{"40:30", "the range is reversed"},
                                         std::pair{"4:4", "the range is empty"}, std::pair{"4", "no colon in it"},
                                         std::pair{"4:", "'' is not a finite number"},
                                         std::pair{"1:2:3", "'2:3' is not a finite number"},
                                         std::pair{"0:inf", "'inf' is not a finite number"}));

}  // namespace
}  // namespace lauebench
