#include "support/figure.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace lauebench::test {

void print_figure(Figure const& figure) {
  nlohmann::ordered_json json = {{"name", figure.name}, {"value", figure.value}, {"unit", "x"}};
  if (figure.required != Figure::Required::nothing) {
    json[figure.required == Figure::Required::at_least ? "at_least" : "at_most"] = figure.bound;
  }
  json["detail"] = figure.detail;
  std::printf("figure: %s\n", json.dump().c_str());
  std::fflush(stdout);
}

}  // namespace lauebench::test
