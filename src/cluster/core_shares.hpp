#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cluster/binding.hpp"

namespace lauebench {

/// How a node's cores, caches and memories hang together, as hwloc finds it.
class CoreMap {
 public:
  /// Of the machine that this process runs on.
  CoreMap();
  /// Of one that hwloc makes up from `description` ("numa:2 core:4 pu:2").
  explicit CoreMap(std::string const& description);
  ~CoreMap();
  CoreMap(CoreMap&&) noexcept;
  CoreMap& operator=(CoreMap&&) = delete;

  /// Shares `usable` out to the ranks of a node, one set for each entry of `near`: neighbours in the machine's order of
  /// sockets, memories, caches and cores. A rank's set lies within the entry of `near` that is its own, the CPUs close
  /// to its GPU; one for which that is empty, holds nothing usable or all of it goes where most is left. Sets that lie
  /// within the same CPUs differ by one core at most, and do not overlap where there are as many cores as ranks; else
  /// ranks share cores. Empty where hwloc cannot look at the machine or `usable` is empty.
  [[nodiscard]] std::vector<CpuSet> share_out(CpuSet const& usable, std::vector<CpuSet> const& near) const;

  /// The CPUs closest to the PCI device "00000000:3b:00.0", as drivers name it; empty where hwloc does not know it.
  [[nodiscard]] CpuSet near_device(std::string const& pci_bus_id) const;

 private:
  class Loaded;
  std::unique_ptr<Loaded> loaded_;
};

}  // namespace lauebench
