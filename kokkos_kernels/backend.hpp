#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kokkos_kernels/types.hpp"

/// The Kokkos-free face of the kernels. A backend is a module (`liblauebench_openmp_x86-64-v3.so`,
/// `liblauebench_cuda_sm90.so`) that is found, checked and loaded at run time by backend_loader.hpp.
namespace lauebench::kernels {

/// Digest of this file and of types.hpp; a module with another number is not used.
inline constexpr std::uint32_t backend_abi = LAUEBENCH_BACKEND_ABI;

/// What stays the same for all stripes of one reconstruction.
struct ReconstructionJob {
  ScanGeometry geometry;
  DepthGrid depths;
  WireEdge wire_edge = WireEdge::leading;
  AreaRule area_rule = AreaRule::peer;
  CosmicFilter cosmic_filter = CosmicFilter::off;
  Precision precision = Precision::double_precision;
  KernelLoop loop = KernelLoop::automatic;
  ElementType input_type = ElementType::uint16;
  ElementType output_type = ElementType::uint16;
  double cutoff = 1.0;  ///< pixels with I_0 below it, or not a number, stay empty
  int columns = 0;
};

/// Rows of all images on the host: `frames` is [images][rows][columns] of the job's input type, images =
/// geometry.wire.size(), and may be part of taller images. `images` is [depths][rows][columns] of its output type; all
/// of it is written.
struct Stripe {
  int first_row = 0;
  int rows = 0;
  void const* frames = nullptr;
  void* images = nullptr;
  int frame_pitch_rows = 0;  ///< rows from one image to the next in `frames`; 0: as many as `rows`
  /// The tile loop asks it between blocks, on all its threads at once; what is left then stays unresolved. Null: never.
  std::function<bool()> const* cancelled = nullptr;

  [[nodiscard]] std::size_t frame_pitch() const {
    return static_cast<std::size_t>(frame_pitch_rows == 0 ? rows : frame_pitch_rows);
  }
  [[nodiscard]] bool is_cancelled() const { return cancelled != nullptr && (*cancelled)(); }
};

/// Measured by the module around each stripe, fenced. Bytes the module allocated are its peak so far. Where blocks of
/// rows overlap on a device, each time counts the seconds in which at least one block was at it.
struct StripeReport {
  double compute_s = 0.0;         ///< kernel, conversion to the output type included
  double copy_to_device_s = 0.0;  ///< 0 where host memory is used in place
  double copy_to_host_s = 0.0;
  std::vector<double> depth_totals;   ///< [depths] sum of the stored values of this stripe
  int threads_counted = 0;            ///< threads that really ran, counted inside a kernel (host backends; 0 on a GPU)
  std::uint64_t workspace_bytes = 0;  ///< of host memory
  std::uint64_t device_bytes = 0;     ///< of the device's memory; 0 where host memory is used in place
};

/// One reconstruction's kernel with its workspace. Not for use by two threads at once.
class DepthReconstructor {
 public:
  DepthReconstructor() = default;
  DepthReconstructor(DepthReconstructor const&) = delete;
  DepthReconstructor& operator=(DepthReconstructor const&) = delete;
  virtual ~DepthReconstructor() = default;

  /// Resolves one stripe. Throws std::bad_alloc when memory is short, std::runtime_error when the device fails.
  virtual StripeReport resolve(Stripe const& stripe) = 0;
};

struct DeviceInfo {
  int index = 0;
  std::string name;
  std::string uuid;        ///< "GPU-..." ; empty for a CPU
  std::string pci_bus_id;  ///< empty for a CPU
  std::uint64_t memory_bytes = 0;
  int compute_capability = 0;  ///< 90 for 9.0; 0 for a CPU
};

struct BackendInfo {
  std::string name;          ///< "openmp" or "cuda"
  std::string architecture;  ///< "x86-64-v3", "sm_90"
  std::string kokkos_version;
  std::string compiler;
  std::string flags;  ///< that it was given for the kernels
  std::vector<DeviceInfo> devices;
  std::string cuda_runtime = {};  ///< "13.0"; empty for a CPU
};

/// Where a reconstruction runs: threads for a host backend, device for a GPU.
struct Execution {
  int threads = 1;
  int device = 0;
  /// At most this much of the device's memory; 0: what is free. On a CPU the pixel loop then works as on a GPU, in
  /// blocks of rows that are copied to memory of that size and back; 0: in place.
  std::uint64_t device_memory_bytes = 0;
  std::string tool = {};  ///< Kokkos Tools library that `start` loads; empty: none
};

enum class HostMemoryKind : std::uint8_t { ordinary, page_locked };

/// Memory on the host for a stripe's frames or images, all zeros when it is new.
struct HostMemory {
  std::byte* data = nullptr;
  std::size_t bytes = 0;
  HostMemoryKind kind = HostMemoryKind::ordinary;
};

/// A loaded module. Kokkos lives as long as this object's module does: until the process ends.
class Backend {
 public:
  Backend() = default;
  Backend(Backend const&) = delete;
  Backend& operator=(Backend const&) = delete;
  virtual ~Backend() = default;

  [[nodiscard]] virtual BackendInfo info() const = 0;

  /// Makes the backend ready to compute on the execution's device, so that no run pays for it; a second call does
  /// nothing. Throws std::invalid_argument for a device that is not there or when another one is in use already.
  virtual void start(Execution const& execution) = 0;

  /// Memory that the device's copies are fastest from: page-locked for a GPU once it has started, in huge pages where
  /// the kernel gives them. What cannot be page-locked is ordinary. Throws std::bad_alloc.
  [[nodiscard]] virtual HostMemory take_host_memory(std::size_t bytes) = 0;

  /// Ordinary memory is freed. Page-locked memory is kept for the next one to take as much, as locking costs more than
  /// the transfer; it is freed before other sizes are taken, so that it never adds to what is in use.
  virtual void give_back(HostMemory const& memory) noexcept = 0;

  [[nodiscard]] virtual std::uint64_t kept_host_bytes() const = 0;
  virtual void free_kept_host_memory() noexcept = 0;

  /// Free memory of the execution's device when it was first asked for in this process, bytes; 0 for a CPU. Throws
  /// std::runtime_error when the device fails.
  [[nodiscard]] virtual std::uint64_t free_device_bytes(Execution const& execution) = 0;

  /// The least of the device's memory that a job can do with, one row at a time; 0 where host memory is used in place.
  [[nodiscard]] virtual std::uint64_t least_device_bytes(ReconstructionJob const& job,
                                                         Execution const& execution) const = 0;

  /// Bytes of host memory beside the stripe's own frames and images.
  [[nodiscard]] virtual std::uint64_t workspace_bytes(ReconstructionJob const& job, Execution const& execution,
                                                      int rows) const = 0;

  /// Throws std::invalid_argument for a job that makes no sense, else as DepthReconstructor::resolve.
  [[nodiscard]] virtual std::unique_ptr<DepthReconstructor> make_reconstructor(ReconstructionJob job,
                                                                               Execution const& execution) = 0;
};

/// The module's entry point, found by the name "lauebench_open_backend". Null with `*problem` set (a string that
/// lives as long as the module) when the module cannot be used: another ABI, no device, no driver.
using OpenBackend = Backend* (*)(std::uint32_t abi, char const** problem);

}  // namespace lauebench::kernels
