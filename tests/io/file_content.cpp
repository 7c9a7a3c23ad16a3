#include "file_content.hpp"

#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <hdf5.h>

namespace lauebench::test {

namespace {

using Content = std::map<std::string, std::string>;

std::string hex(std::vector<unsigned char> const& bytes) {
  std::string text;
  for (unsigned char const byte : bytes) {
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

std::string type_and_shape(hid_t type, hid_t space) {
  std::vector<unsigned char> encoded;
  std::size_t size = 0;
  hid_t const plain = H5Tcopy(type);  // a committed type encodes its address
  H5Tencode(plain, nullptr, &size);
  encoded.resize(size);
  H5Tencode(plain, encoded.data(), &size);
  H5Tclose(plain);
  std::string text = hex(encoded) + " [";
  std::vector<hsize_t> sizes(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
  for (hsize_t const extent : sizes) {
    text += fmt::format("{} ", extent);
  }
  return text + "] ";
}

template <class Read>
std::string values(hid_t type, hid_t space, Read read) {
  auto const count = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> texts(count, nullptr);
    read(texts.data());
    std::string all;
    for (char* const text : texts) {
      all += fmt::format("'{}' ", text == nullptr ? "(null)" : text);
    }
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data());
    return all;
  }
  std::vector<unsigned char> bytes(count * H5Tget_size(type));
  if (!bytes.empty()) {
    read(bytes.data());
  }
  return hex(bytes);
}

void add_attributes(hid_t object, std::string const& path, Content& content) {
  std::pair<std::string, Content*> target{path, &content};
  auto const add = [](hid_t holder, char const* name, H5A_info_t const*, void* data) -> herr_t {
    auto& [holder_path, entries] = *static_cast<std::pair<std::string, Content*>*>(data);
    hid_t const attribute = H5Aopen(holder, name, H5P_DEFAULT);
    hid_t const type = H5Aget_type(attribute);
    hid_t const space = H5Aget_space(attribute);
    (*entries)[holder_path + "@" + name] = "attribute " + type_and_shape(type, space) +
                                           values(type, space, [&](void* to) { H5Aread(attribute, type, to); });
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return 0;
  };
  hsize_t position = 0;
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, add, &target);
}

void add_object(hid_t object, std::string const& path, Content& content) {
  switch (H5Iget_type(object)) {
    case H5I_GROUP:
      content[path] = "group";
      break;
    case H5I_DATATYPE:
      content[path] = "committed type";
      break;
    default: {
      hid_t const type = H5Dget_type(object);
      hid_t const space = H5Dget_space(object);
      content[path] = "dataset " + std::string(H5Tcommitted(type) > 0 ? "of committed type " : "") +
                      type_and_shape(type, space) +
                      values(type, space, [&](void* to) { H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to); });
      H5Sclose(space);
      H5Tclose(type);
    }
  }
  add_attributes(object, path, content);
}

struct Walk {
  std::string path;
  Content* content;
  int depth;
};

herr_t add_link(hid_t group, char const* name, H5L_info_t const* info, void* data) {
  auto const& walk = *static_cast<Walk*>(data);
  auto const path = walk.path + "/" + name;
  if (info->type != H5L_TYPE_HARD) {
    std::vector<char> value(info->u.val_size);
    H5Lget_val(group, name, value.data(), value.size(), H5P_DEFAULT);
    (*walk.content)[path] =
        fmt::format("link {} {}", static_cast<int>(info->type), std::string(value.begin(), value.end()));
    return 0;
  }
  hid_t const object = H5Oopen(group, name, H5P_DEFAULT);
  add_object(object, path, *walk.content);
  if (H5Iget_type(object) == H5I_GROUP && walk.depth > 0) {  // hard links may form a ring
    Walk next{path, walk.content, walk.depth - 1};
    hsize_t position = 0;
    H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, &position, add_link, &next);
  }
  H5Oclose(object);
  return 0;
}

}  // namespace

Content file_content(std::filesystem::path const& file) {
  hid_t const id = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (id < 0) {
    throw std::runtime_error("cannot open " + file.string());
  }
  Content content;
  add_attributes(id, "/", content);
  Walk walk{"", &content, 6};
  hsize_t position = 0;
  H5Literate(id, H5_INDEX_NAME, H5_ITER_INC, &position, add_link, &walk);
  H5Fclose(id);
  return content;
}

}  // namespace lauebench::test
