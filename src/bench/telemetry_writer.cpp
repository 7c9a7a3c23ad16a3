#include "bench/telemetry_writer.hpp"

#include <chrono>
#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

#include "bench/members_json.hpp"
#include "bench/records_json.hpp"
#include "bench/sleep_until_stopped.hpp"
#include "bench/telemetry_json.hpp"
#include "cluster/launch_environment.hpp"
#include "probe/build_info.hpp"
#include "probe/nvml.hpp"

namespace lauebench {
namespace {

using Json = nlohmann::ordered_json;

constexpr double interval_s = 1.0;

double unix_time_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// All of the node's, whoever computes on them.
Reading<std::vector<Json>> gpus_now() {
  return transform(nvml().gpus(), [](std::vector<GpuFacts> const& gpus) {
    std::vector<Json> states;
    for (GpuFacts const& gpu : gpus) {
      auto const* const bus_id = std::get_if<std::string>(&gpu.pci_bus_id);
      Json json = bus_id != nullptr ? to_json(nvml().state(*bus_id)) : Json::object();
      put(json, "uuid", gpu.uuid);
      put(json, "memory_bytes", gpu.memory_bytes);
      states.push_back(std::move(json));
    }
    return states;
  });
}

}  // namespace

TelemetryWriter::TelemetryWriter(std::filesystem::path const& path, std::string session_id)
    : file_(telemetry_file(path)), session_id_(std::move(session_id)), last_(read_node_load().cpu) {
  try {
    thread_ = std::jthread([this](std::stop_token const& stop) { write_until_stopped(stop); });
  } catch (std::system_error const& error) {
    spdlog::warn("the launch goes on without telemetry: no thread could be started for it ({})", error.what());
  }
}

void TelemetryWriter::set_running(std::string name) {
  std::scoped_lock const lock(mutex_);
  running_ = std::move(name);
}

void TelemetryWriter::write_until_stopped(std::stop_token const& stop) {
  try {
    do {
      write_line();
    } while (!sleep_until_stopped(stop, interval_s));
  } catch (std::exception const& problem) {
    spdlog::warn("the launch goes on without telemetry: {}", problem.what());
  }
}

Reading<double> TelemetryWriter::busy_since_last(Reading<CpuTimes> const& now) {
  Reading<CpuTimes> const before = std::exchange(last_, now);
  auto const* const from = std::get_if<CpuTimes>(&before);
  auto const* const to = std::get_if<CpuTimes>(&now);
  if (from == nullptr || to == nullptr) {
    return std::get<Unknown>(to == nullptr ? now : before);
  }
  if (to->total <= from->total) {
    return Unknown{"no clock tick has passed since the last line"};
  }
  return (to->busy - from->busy) / (to->total - from->total);
}

void TelemetryWriter::write_line() {
  NodeLoad const load = read_node_load();
  Json line = {{"type", "telemetry"},
               {"schema_version", build_info().results_schema_version},
               {"session_id", session_id_},
               {"unix_time_s", unix_time_s()},
               {"host", host_name()}};
  {
    std::scoped_lock const lock(mutex_);
    put(line, "running", running_.empty() ? std::nullopt : std::optional(running_));
  }
  put(line, "cpu_busy_fraction", busy_since_last(load.cpu));
  put(line, "memory_bytes", load.memory_bytes);
  put(line, "memory_available_bytes", load.memory_available_bytes);
  put(line, "load_average", load.load_average);
  put(line, "gpus", gpus_now());
  file_.append(to_line(line) + '\n');
}

}  // namespace lauebench
