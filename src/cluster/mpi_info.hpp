#pragma once

#include <vector>

#include <mpi.h>

#include "config/config.hpp"

namespace lauebench {

/// Owns an MPI_Info with these hints.
class MpiInfo {
 public:
  explicit MpiInfo(std::vector<MpiHint> const& hints) {
    MPI_Info_create(&info_);
    for (MpiHint const& hint : hints) {
      MPI_Info_set(info_, hint.key.c_str(), hint.value.c_str());
    }
  }
  ~MpiInfo() { MPI_Info_free(&info_); }
  MpiInfo(MpiInfo const&) = delete;
  MpiInfo& operator=(MpiInfo const&) = delete;

  [[nodiscard]] MPI_Info get() const { return info_; }

 private:
  MPI_Info info_ = MPI_INFO_NULL;
};

/// What MPI-IO goes by for an open file.
[[nodiscard]] std::vector<MpiHint> hints_of(MPI_File file);

}  // namespace lauebench
