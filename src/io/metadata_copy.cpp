#include "io/metadata_copy.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/scan_metadata.hpp"

namespace lauebench {

namespace {

constexpr std::string_view what_to_do = "check the file with h5dump, or take out what cannot be copied";

/// What fits an object's header in the format that every HDF5 reads, with some bytes to spare for the attribute's name.
constexpr hsize_t largest_attribute_bytes = 64000;

struct Link {
  std::string name;
  H5L_type_t type = H5L_TYPE_ERROR;
  std::size_t value_bytes = 0;  ///< of a soft or external link's target
};

herr_t collect_link(hid_t /*group*/, char const* name, H5L_info_t const* info, void* links) {
  static_cast<std::vector<Link>*>(links)->push_back(
      {name, info->type, info->type == H5L_TYPE_HARD ? 0 : info->u.val_size});
  return 0;
}

std::vector<Link> links_of(hdf5::Handle const& group, std::string const& problem) {
  std::vector<Link> links;
  hsize_t position = 0;
  hdf5::Handle const properties(H5Gget_create_plist(group.id()));
  unsigned order = 0;
  H5Pget_link_creation_order(properties.id(), &order);
  auto const index = (order & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  hdf5::check(H5Literate(group.id(), index, H5_ITER_INC, &position, collect_link, &links), problem, what_to_do);
  return links;
}

class MetadataCopy {
 public:
  MetadataCopy(hdf5::Handle const& scan, hdf5::Handle const& destination, std::string_view problem)
      : problem_(problem),
        stack_held_open_(hdf5::open_dataset(scan.id(), stack_path,
                                            fmt::format("{}: cannot open {}", problem_, stack_path), what_to_do)),
        entry_held_open_(hdf5::open_group(scan.id(), "/entry1", problem_, what_to_do)),
        stack_(hdf5::object_address(scan.id(), stack_path)),
        entry_(hdf5::object_address(scan.id(), "/entry1")),
        link_properties_(H5Pcreate(H5P_LINK_CREATE)),
        copy_properties_(H5Pcreate(H5P_OBJECT_COPY)) {
    H5Pset_char_encoding(link_properties_.id(), H5T_CSET_UTF8);
    H5Pset_copy_object(copy_properties_.id(), H5O_COPY_MERGE_COMMITTED_DTYPE_FLAG);
    hdf5::Handle source_root = hdf5::require(H5Gopen2(scan.id(), "/", H5P_DEFAULT), problem_, what_to_do);
    hdf5::Handle root = hdf5::require(H5Gopen2(destination.id(), "/", H5P_DEFAULT), problem_, what_to_do);
    if (auto const address = hdf5::object_address(scan.id(), "/")) {
      paths_[*address] = "/";
    }
    copy_attributes(source_root, root);
    groups_.push_back({std::move(source_root), std::move(root), "", Place::root});
  }

  void run() {
    while (!groups_.empty()) {
      Group const group = std::move(groups_.front());
      groups_.pop_front();
      for (Link const& link : links_of(group.source, problem_)) {
        copy_link(group, link);
      }
    }
    // After all committed types, so that datasets find theirs and share it as they did.
    for (Dataset const& dataset : typed_datasets_) {
      copy_object(dataset.source, dataset.destination, dataset.name);
    }
    for (Alias const& alias : aliases_) {
      hdf5::check(H5Lcreate_hard(alias.destination.id(), alias.target.c_str(), alias.destination.id(),
                                 alias.name.c_str(), link_properties_.id(), H5P_DEFAULT),
                  problem_, what_to_do);
    }
  }

 private:
  enum class Place : std::uint8_t { root, entry, elsewhere };

  struct Group {
    hdf5::Handle source;
    hdf5::Handle destination;
    std::string path;  ///< in the destination, without a slash at its end
    Place place = Place::elsewhere;
  };

  struct Dataset {
    hdf5::Handle source;  ///< the group that holds it
    hdf5::Handle destination;
    std::string name;
  };

  /// A further hard link to what has been copied under the path `target`.
  struct Alias {
    hdf5::Handle destination;
    std::string name;
    std::string target;
  };

  static hdf5::Handle reopened(hdf5::Handle const& group) {
    return hdf5::Handle(H5Gopen2(group.id(), ".", H5P_DEFAULT));
  }

  void copy_link(Group const& group, Link const& link) {
    if (group.place == Place::entry && (link.name == "wire" || link.name == "depth")) {
      return;
    }
    auto const address = hdf5::object_address(group.source.id(), link.name);
    if (address && stack_ && *address == *stack_) {
      return;
    }
    bool const way_to_image =
        (group.place == Place::root && link.name == "entry1") || (group.place == Place::entry && link.name == "data");
    if (link.type == H5L_TYPE_HARD || way_to_image) {
      copy_target(group, link.name, address);
    } else {
      copy_symbolic(group, link);
    }
  }

  void copy_target(Group const& group, std::string const& name, std::optional<hdf5::ObjectAddress> const& address) {
    if (!address) {
      throw bad_input(problem_, fmt::format("{}/{} cannot be opened", group.path, hdf5::one_line(name)), what_to_do);
    }
    auto const path = fmt::format("{}/{}", group.path, name);
    auto const [known, is_new] = paths_.try_emplace(*address, path);
    if (!is_new) {
      aliases_.push_back({reopened(group.destination), name, known->second});
    } else if (address->type == H5O_TYPE_GROUP) {
      copy_group(group, name, path, entry_ && *address == *entry_ ? Place::entry : Place::elsewhere);
    } else if (address->type == H5O_TYPE_DATASET && has_committed_type(group.source, name)) {
      typed_datasets_.push_back({reopened(group.source), reopened(group.destination), name});
    } else {
      copy_object(group.source, group.destination, name);
    }
  }

  void copy_group(Group const& parent, std::string const& name, std::string const& path, Place place) {
    auto source = hdf5::open_group(parent.source.id(), name, problem_, what_to_do);
    hdf5::Handle const properties(H5Gget_create_plist(source.id()));
    H5Pset_obj_track_times(properties.id(), false);  // its time would be that of the copy
    auto destination = hdf5::require(
        H5Gcreate2(parent.destination.id(), name.c_str(), link_properties_.id(), properties.id(), H5P_DEFAULT),
        problem_, what_to_do);
    copy_attributes(source, destination);
    groups_.push_back({std::move(source), std::move(destination), path, place});
  }

  [[nodiscard]] bool has_committed_type(hdf5::Handle const& group, std::string const& name) const {
    auto const dataset = hdf5::require(H5Dopen2(group.id(), name.c_str(), H5P_DEFAULT), problem_, what_to_do);
    hdf5::Handle const type(H5Dget_type(dataset.id()));
    return H5Tcommitted(type.id()) > 0;
  }

  void copy_object(hdf5::Handle const& source, hdf5::Handle const& destination, std::string const& name) const {
    hdf5::check(H5Ocopy(source.id(), name.c_str(), destination.id(), name.c_str(), copy_properties_.id(),
                        link_properties_.id()),
                fmt::format("{}: {}", problem_, hdf5::one_line(name)), what_to_do);
  }

  void copy_symbolic(Group const& group, Link const& link) const {
    std::vector<char> value(link.value_bytes + 1, '\0');
    hdf5::check(H5Lget_val(group.source.id(), link.name.c_str(), value.data(), value.size(), H5P_DEFAULT), problem_,
                what_to_do);
    herr_t status = -1;
    if (link.type == H5L_TYPE_SOFT) {
      status =
          H5Lcreate_soft(value.data(), group.destination.id(), link.name.c_str(), link_properties_.id(), H5P_DEFAULT);
    } else if (link.type == H5L_TYPE_EXTERNAL) {
      char const* file = nullptr;
      char const* path = nullptr;
      hdf5::check(H5Lunpack_elink_val(value.data(), link.value_bytes, nullptr, &file, &path), problem_, what_to_do);
      status =
          H5Lcreate_external(file, path, group.destination.id(), link.name.c_str(), link_properties_.id(), H5P_DEFAULT);
    } else {
      throw bad_input(problem_,
                      fmt::format("{}/{} is a link of a kind that only another program knows", group.path,
                                  hdf5::one_line(link.name)),
                      what_to_do);
    }
    hdf5::check(status, problem_, what_to_do);
  }

  void copy_attributes(hdf5::Handle const& source, hdf5::Handle const& destination) const {
    struct Copying {
      hid_t target = H5I_INVALID_HID;
      std::string name;  ///< of the attribute at which copying has arrived
      hsize_t bytes = 0;
    };
    auto const copy_one = [](hid_t object, char const* name, H5A_info_t const* info, void* data) -> herr_t {
      auto& copying = *static_cast<Copying*>(data);
      copying.name = name;
      copying.bytes = info->data_size;
      return copy_attribute(object, name, copying.target);
    };
    Copying copying{destination.id(), "", 0};
    hsize_t position = 0;
    auto const status = H5Aiterate2(source.id(), H5_INDEX_NAME, H5_ITER_INC, &position, copy_one, &copying);
    if (status < 0 && copying.bytes > largest_attribute_bytes) {
      throw bad_input(problem_,
                      fmt::format("attribute '{}' of a group has {} bytes, and groups of depth files hold at most {}",
                                  hdf5::one_line(copying.name), copying.bytes, largest_attribute_bytes),
                      "make a dataset of it, or take it out");
    }
    hdf5::check(status, fmt::format("{}: attribute '{}' of a group", problem_, hdf5::one_line(copying.name)),
                what_to_do);
  }

  /// A negative status ends the iteration, with HDF5's reason on its stack.
  static herr_t copy_attribute(hid_t object, char const* name, hid_t target) {
    hdf5::Handle const source(H5Aopen(object, name, H5P_DEFAULT));
    hdf5::Handle const stored_type(H5Aget_type(source.id()));
    hdf5::Handle const type(H5Tcopy(stored_type.id()));  // a committed type belongs to its file, its copy to none
    hdf5::Handle const space(H5Aget_space(source.id()));
    hdf5::Handle const properties(H5Aget_create_plist(source.id()));
    hdf5::Handle const copy(H5Acreate2(target, name, type.id(), space.id(), properties.id(), H5P_DEFAULT));
    if (!copy.valid()) {
      return -1;
    }
    bool const refers = H5Tdetect_class(type.id(), H5T_REFERENCE) > 0;
    auto const elements = H5Sget_simple_extent_npoints(space.id());
    if (refers || elements <= 0) {
      return 0;
    }
    std::vector<std::byte> values(static_cast<std::size_t>(elements) * H5Tget_size(type.id()));
    herr_t const status =
        H5Aread(source.id(), type.id(), values.data()) < 0 ? -1 : H5Awrite(copy.id(), type.id(), values.data());
    bool const owns_memory = H5Tdetect_class(type.id(), H5T_VLEN) > 0 || H5Tdetect_class(type.id(), H5T_STRING) > 0;
    if (status >= 0 && owns_memory) {
      H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, values.data());
    }
    return status;
  }

  std::string problem_;
  hdf5::Handle
      stack_held_open_;  ///< the stack; keeps a file behind external links, and with it the number in addresses
  hdf5::Handle entry_held_open_;  ///< likewise /entry1
  std::optional<hdf5::ObjectAddress> stack_;
  std::optional<hdf5::ObjectAddress> entry_;
  hdf5::Handle link_properties_;
  hdf5::Handle copy_properties_;
  std::deque<Group> groups_;
  std::vector<Dataset> typed_datasets_;
  std::vector<Alias> aliases_;
  std::map<hdf5::ObjectAddress, std::string> paths_;  ///< where each object of the scan has been copied to
};

}  // namespace

void copy_metadata(hdf5::Handle const& scan, hdf5::Handle const& destination, std::string_view problem) {
  hdf5::Scope const scope;
  MetadataCopy(scan, destination, problem).run();
}

}  // namespace lauebench
