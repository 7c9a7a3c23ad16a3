/// Stands in for libnvidia-ml.so.1 where there is no GPU: one device whose every answer is known. Its counter of energy
/// advances by 5 J with each question.
#include <array>
#include <cstdio>
#include <cstring>

namespace {

constexpr int success = 0;
constexpr int not_found = 6;
constexpr int not_supported = 3;
constexpr char const* bus_id = "00000000:C1:00.0";

int device = 0;

struct PciInfo {
  std::array<char, 16> legacy_bus_id;
  std::array<unsigned, 5> numbers;
  std::array<char, 32> bus_id;
};

struct Memory {
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the names are NVIDIA's
extern "C" {

int nvmlInit_v2() { return success; }

char const* nvmlErrorString(int status) { return status == not_supported ? "Not Supported" : "Not Found"; }

int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 1;
  return success;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, int** handle) {
  *handle = &device;
  return index == 0 ? success : not_found;
}

// CUDA writes the domain with four digits, NVML with eight; the library takes both
int nvmlDeviceGetHandleByPciBusId_v2(char const* asked, int** handle) {
  *handle = &device;
  return std::strstr(asked, "C1:00.0") != nullptr ? success : not_found;
}

int nvmlDeviceGetName(int* /*handle*/, char* name, unsigned length) {
  std::snprintf(name, length, "Fake GPU");
  return success;
}

int nvmlDeviceGetUUID(int* /*handle*/, char* uuid, unsigned length) {
  std::snprintf(uuid, length, "GPU-00000000-0000-0000-0000-00000000000f");
  return success;
}

int nvmlDeviceGetPciInfo_v3(int* /*handle*/, PciInfo* pci) {
  *pci = {};
  std::snprintf(pci->bus_id.data(), pci->bus_id.size(), "%s", bus_id);
  return success;
}

int nvmlDeviceGetMemoryInfo(int* /*handle*/, Memory* memory) {
  *memory = {64ULL << 30U, 60ULL << 30U, 4ULL << 30U};
  return success;
}

int nvmlDeviceGetPowerManagementLimit(int* /*handle*/, unsigned* milliwatts) {
  *milliwatts = 450500;
  return success;
}

int nvmlDeviceGetEccMode(int* /*handle*/, int* /*current*/, int* /*pending*/) { return not_supported; }

int nvmlDeviceGetMigMode(int* /*handle*/, unsigned* current, unsigned* pending) {
  *current = 0;
  *pending = 1;
  return success;
}

int nvmlDeviceGetTotalEnergyConsumption(int* /*handle*/, unsigned long long* millijoules) {
  static unsigned long long consumed = 1000;
  *millijoules = consumed += 5000;
  return success;
}

int nvmlDeviceGetPowerUsage(int* /*handle*/, unsigned* milliwatts) {
  *milliwatts = 123500;
  return success;
}

int nvmlDeviceGetClockInfo(int* /*handle*/, int kind, unsigned* megahertz) {
  *megahertz = kind == 1 ? 1980 : 2619;
  return success;
}

int nvmlDeviceGetTemperature(int* /*handle*/, int /*sensor*/, unsigned* celsius) {
  *celsius = 61;
  return success;
}

int nvmlDeviceGetCurrentClocksThrottleReasons(int* /*handle*/, unsigned long long* reasons) {
  *reasons = 0x4 | 0x40;
  return success;
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
