#include "io/metadata_size.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/error.hpp"
#include "io/chunk_sizes.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {

namespace {

void* allocate_counted(std::size_t bytes, void* total) {
  *static_cast<std::uint64_t*>(total) += bytes;
  return std::malloc(bytes);  // NOLINT(cppcoreguidelines-no-malloc): HDF5 frees it
}

void free_counted(void* memory, void* /*total*/) { std::free(memory); }  // NOLINT(cppcoreguidelines-no-malloc)

/// Of a dataset with one value, which is read: HDF5 1.10.8 crashes when H5Dvlen_get_buf_size is asked about one.
std::uint64_t variable_bytes_of_scalar(hdf5::Handle const& dataset, hdf5::Handle const& type,
                                       hdf5::Handle const& space) {
  std::uint64_t bytes = 0;
  hdf5::Handle const transfer(H5Pcreate(H5P_DATASET_XFER));
  H5Pset_vlen_mem_manager(transfer.id(), allocate_counted, &bytes, free_counted, nullptr);
  std::vector<std::byte> value(H5Tget_size(type.id()));
  if (H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, transfer.id(), value.data()) >= 0) {
    H5Dvlen_reclaim(type.id(), space.id(), transfer.id(), value.data());
  }
  return bytes;
}

bool has_variable_length(hdf5::Handle const& type) {
  bool const is_text = H5Tget_class(type.id()) == H5T_STRING ? H5Tis_variable_str(type.id()) > 0
                                                             : H5Tdetect_class(type.id(), H5T_STRING) > 0;
  return is_text || H5Tdetect_class(type.id(), H5T_VLEN) > 0;
}

std::uint64_t variable_bytes_in(hdf5::Handle const& dataset, hdf5::Handle const& type, hdf5::Handle const& values) {
  hsize_t bytes = 0;
  return H5Dvlen_get_buf_size(dataset.id(), type.id(), values.id(), &bytes) < 0 ? 0 : bytes;
}

/// Only of chunks that are stored: a small file can say that it has more values than anybody can ask for. Empty where
/// there are too many of them.
std::optional<std::uint64_t> variable_bytes_of_chunks(hdf5::Handle const& dataset, hdf5::Handle const& type,
                                                      hdf5::Handle const& space, std::vector<hsize_t> const& chunk) {
  std::uint64_t bytes = 0;
  bool const are_all_seen = hdf5::visit_stored_chunks(dataset, [&](hdf5::StoredChunk const& stored) {
    hdf5::Handle const values(H5Scopy(space.id()));
    if (H5Sselect_hyperslab(values.id(), H5S_SELECT_AND, stored.first.data(), nullptr, chunk.data(), nullptr) >= 0) {
      bytes += variable_bytes_in(dataset, type, values);
    }
    return true;
  });
  return are_all_seen ? std::optional(bytes) : std::nullopt;
}

/// With a cache for the chunk that a value is in: HDF5 asks for one value after the other, and would read and
/// decompress a chunk that its usual cache cannot hold for each of them.
hdf5::Handle open_with_cached_chunk(hdf5::Handle const& folder, char const* name) {
  hdf5::Handle dataset(H5Dopen2(folder.id(), name, H5P_DEFAULT));
  constexpr std::size_t usual_bytes = std::size_t{1} << 20U;
  constexpr std::size_t slots = 521;  // HDF5's own number
  hdf5::Handle const type(H5Dget_type(dataset.id()));
  std::vector<hsize_t> const chunk = hdf5::chunk_of(dataset);
  // a value is a pointer of 8 bytes in memory, and a reference of 16 in the file
  std::size_t const bytes = std::accumulate(chunk.begin(), chunk.end(), 2 * H5Tget_size(type.id()), std::multiplies());
  if (!chunk.empty() && bytes > usual_bytes && has_variable_length(type)) {
    hdf5::Handle const access = hdf5::link_access(H5P_DATASET_ACCESS);
    H5Pset_chunk_cache(access.id(), slots, bytes, 1.0);
    dataset.reset();  // as long as it is open its cache stays
    dataset = hdf5::Handle(H5Dopen2(folder.id(), name, access.id()));
  }
  return dataset;
}

/// Values of variable length lie in the file's heaps, which a dataset's own size does not count. Empty where they are
/// in too many chunks.
std::optional<std::uint64_t> variable_bytes(hdf5::Handle const& dataset) {
  hdf5::Handle const type(H5Dget_type(dataset.id()));
  hdf5::Handle const space(H5Dget_space(dataset.id()));
  if (!has_variable_length(type) || H5Dget_storage_size(dataset.id()) == 0) {
    return 0U;
  }
  if (H5Sget_simple_extent_type(space.id()) == H5S_SCALAR) {
    return variable_bytes_of_scalar(dataset, type, space);
  }
  std::vector<hsize_t> const chunk = hdf5::chunk_of(dataset);
  return chunk.empty() ? variable_bytes_in(dataset, type, space)
                       : variable_bytes_of_chunks(dataset, type, space, chunk);
}

class MetadataSize {
 public:
  explicit MetadataSize(hdf5::Handle const& scan) : scan_(scan), stack_(hdf5::object_address(scan.id(), stack_path)) {}

  /// Adds everything that hard links below `path` lead to and that has not been counted. False when HDF5 fails.
  [[nodiscard]] bool add(char const* path) {
    hdf5::Handle const access = hdf5::link_access();
    start_ = hdf5::Handle(H5Oopen(scan_.id(), path, access.id()));
    return H5Ovisit_by_name2(scan_.id(), path, H5_INDEX_NAME, H5_ITER_NATIVE, visit, this,
                             H5O_INFO_BASIC | H5O_INFO_HDR | H5O_INFO_META_SIZE, access.id()) >= 0;
  }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  /// Why add() was false, if that is it: HDF5 would read beyond the chunk when it copies it, too. Or chunks are too
  /// many.
  [[nodiscard]] bool has_cut_chunk() const { return has_cut_chunk_; }

 private:
  static herr_t visit(hid_t /*location*/, char const* name, hdf5::ObjectInfo const* info, void* size) {
    auto* const self = static_cast<MetadataSize*>(size);
    self->add_object(name, *info);
    return self->has_cut_chunk_ ? -1 : 0;
  }

  void add_object(char const* name, hdf5::ObjectInfo const& info) {
    hdf5::ObjectAddress const address{info.fileno, info.addr, info.type};
    if ((stack_ && address == *stack_) || !counted_.insert(address).second) {
      return;
    }
    bytes_ += info.hdr.space.total + info.meta_size.obj.index_size + info.meta_size.obj.heap_size +
              info.meta_size.attr.index_size + info.meta_size.attr.heap_size;
    if (info.type == H5O_TYPE_DATASET) {
      hdf5::Handle const dataset = open_with_cached_chunk(start_, name);
      auto const bytes = hdf5::has_whole_chunks(dataset) ? variable_bytes(dataset) : std::nullopt;
      has_cut_chunk_ = !bytes;
      bytes_ += H5Dget_storage_size(dataset.id()) + bytes.value_or(0);
    }
  }

  hdf5::Handle const& scan_;
  std::optional<hdf5::ObjectAddress> stack_;
  hdf5::Handle start_;  ///< where the visit under way began; keeps a file behind external links, and its number
  std::set<hdf5::ObjectAddress> counted_;
  std::uint64_t bytes_ = 0;
  bool has_cut_chunk_ = false;
};

}  // namespace

std::uint64_t metadata_bytes(hdf5::Handle const& scan, std::string_view problem) {
  hdf5::Scope const scope;
  // Files behind external links are numbered anew when they are opened again, so they are held open meanwhile.
  hdf5::Handle const held(H5Oopen(scan.id(), "/entry1/data", hdf5::link_access().id()));
  MetadataSize size(scan);
  // Links in the place of these two are followed when the metadata are copied.
  for (char const* const path : {"/", "/entry1", "/entry1/data"}) {
    if (!size.add(path)) {
      throw size.has_cut_chunk() ? hdf5::chunk_of_wrong_size(problem)
                                 : bad_input(problem, hdf5::reason(), "check the file with h5dump");
    }
  }
  return size.bytes();
}

}  // namespace lauebench
