#include <array>
#include <utility>

#include <fmt/format.h>
#include <hdf5.h>
#include <mpi.h>

#include "cluster/mpi_info.hpp"
#include "io/depth_block_hdf5.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5_guarded_file.hpp"
#include "io/hdf5_handle.hpp"
#include "io/hdf5_items.hpp"
#include "io/scan_metadata.hpp"
#include "io/shared_images.hpp"

namespace lauebench {
namespace {

using hdf5::check_written;
using hdf5::Handle;
using hdf5::require_created;

/// All ranks open the file together, through MPI-IO.
Handle parallel_access(MPI_Comm ranks, SharedFileOptions const& options, std::string const& problem) {
  Handle access = require_created(H5Pcreate(H5P_FILE_ACCESS), problem);
  MpiInfo const hints(options.mpi_hints);
  check_written(H5Pset_fapl_mpio(access.id(), ranks, hints.get()), problem);
  hdf5::align_objects(access, options.alignment_bytes.value_or(1), problem);
  bool const together = options.collective_metadata.value_or(Toggle::on) == Toggle::on;
  check_written(H5Pset_coll_metadata_write(access.id(), together), problem);
  check_written(H5Pset_all_coll_metadata_ops(access.id(), together), problem);
  return access;
}

Handle open_file(Communicator& ranks, SharedPlace const& place, SharedFileOptions const& options,
                 std::string const& problem) {
  auto const* const handle = static_cast<MPI_Comm const*>(ranks.native());
  if (handle == nullptr) {
    return hdf5::open_for_writing(place.file, problem);
  }
  Handle const access = parallel_access(*handle, options, problem);
  return require_created(H5Fopen(place.file.c_str(), H5F_ACC_RDWR, access.id()), problem);
}

class Hdf5SharedImages final : public SharedImages {
 public:
  Hdf5SharedImages(Communicator& ranks, SharedPlace place, SharedFileOptions const& options)
      : problem_(fmt::format("cannot write depth file '{}'", place.file.string())),
        place_(std::move(place)),
        has_mpi_(ranks.native() != nullptr) {
    hdf5::Scope const scope;
    file_ = open_file(ranks, place_, options, problem_);
    images_ = require_created(H5Dopen2(file_.id(), stack_path, H5P_DEFAULT), problem_);
    transfer_ = require_created(H5Pcreate(H5P_DATASET_XFER), problem_);
    if (has_mpi_) {
      bool const together = options.collective.value_or(Toggle::on) == Toggle::on;
      check_written(H5Pset_dxpl_mpio(transfer_.id(), together ? H5FD_MPIO_COLLECTIVE : H5FD_MPIO_INDEPENDENT),
                    problem_);
    }
  }

  void write_rows(int first_row, int rows, std::span<std::byte const> images) override {
    DepthImageShape const& shape = place_.shape;
    std::array<std::uint64_t, 4> const first{static_cast<std::uint64_t>(place_.rank), 0,
                                             static_cast<std::uint64_t>(first_row), 0};
    std::array<std::uint64_t, 4> const sizes{1, static_cast<std::uint64_t>(shape.depths),
                                             static_cast<std::uint64_t>(rows),
                                             static_cast<std::uint64_t>(shape.columns)};
    hdf5::Scope const scope;
    write_block(images_, {shape.element_type, first, sizes, images}, problem_, transfer_.id());
  }

  // with MPI-IO HDF5 flushes to the disk
  void sync() override {
    hdf5::Scope const scope;
    check_written(H5Fflush(file_.id(), H5F_SCOPE_LOCAL), problem_);
    if (!has_mpi_) {
      sync_to_disk(place_.file);
    }
  }

  void close() override {
    hdf5::Scope const scope;
    transfer_.reset();
    images_.reset();
    herr_t const status = H5Fflush(file_.id(), H5F_SCOPE_LOCAL);
    file_.reset();
    check_written(status, problem_);
  }

  [[nodiscard]] std::vector<MpiHint> hints() const override {
    void* file = nullptr;
    hdf5::Scope const scope;
    bool const is_known = has_mpi_ && H5Fget_vfd_handle(file_.id(), H5P_DEFAULT, &file) >= 0 && file != nullptr;
    return is_known ? hints_of(*static_cast<MPI_File*>(file)) : std::vector<MpiHint>{};
  }

 private:
  std::string problem_;
  SharedPlace place_;
  bool has_mpi_;
  Handle file_;
  Handle images_;
  Handle transfer_;
};

}  // namespace

std::unique_ptr<SharedImages> open_hdf5_images(Communicator& ranks, SharedPlace const& place,
                                               SharedFileOptions const& options) {
  return std::make_unique<Hdf5SharedImages>(ranks, place, options);
}

}  // namespace lauebench
