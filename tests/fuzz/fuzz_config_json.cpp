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

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static MemoryFile file;
  file.replace({reinterpret_cast<char const*>(data), size});
  auto const config = configuration_in(file);
  if (config) {
    std::string const written = to_json(*config).dump();
    file.replace(written);
    if (configuration_in(file) != config) {
      report_finding("not read as it was written: " + written);
    }
  }
  return 0;
}

}  // namespace lauebench::fuzz
