// The file given to --config: what it says is refused with an Error, or comes back unchanged when the configuration is
// written and read again.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "config/config_json.hpp"
#include "config/options.hpp"
#include "support/findings.hpp"
#include "support/memory_file.hpp"

namespace lauebench::fuzz {
namespace {

std::optional<RunConfig> configuration_in(MemoryFile const& file) {
  std::array<char const*, 3> const arguments{"run", "--config", file.path().c_str()};
  std::optional<RunConfig> config;
  succeeds([&] { config = std::get<RunConfig>(std::get<Command>(parse_command_line(arguments, nullptr, "0"))); });
  return config;
}

}  // namespace
}  // namespace lauebench::fuzz

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace lauebench;
  static fuzz::MemoryFile file;
  file.replace({reinterpret_cast<char const*>(data), size});
  auto const config = fuzz::configuration_in(file);
  if (config) {
    std::string const written = to_json(*config).dump();
    file.replace(written);
    if (fuzz::configuration_in(file) != config) {
      fuzz::report_finding("not read as it was written: " + written);
    }
  }
  return 0;
}
