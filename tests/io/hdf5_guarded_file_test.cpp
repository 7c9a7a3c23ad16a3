#include "io/hdf5_guarded_file.hpp"

#include <cerrno>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "io/hdf5_items.hpp"
#include "support/temporary_folder.hpp"

namespace lauebench::hdf5 {
namespace {

using test::TemporaryFolder;

void put_something(Handle const& file) {
  Handle const group = make_group(file, "group");
  std::vector<double> const values(100'000, 1.5);
  put_vector(group, "values", values, "counts");
}

TEST(GuardedFile, IsAnOrdinaryHdf5File) {
  TemporaryFolder const folder;
  auto const path = folder / "file.h5";
  posix::Descriptor const descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  {
    Scope const scope;
    WriteGuard guard{&descriptor, 0};
    {
      Handle const file = create_guarded_file(guard, "cannot make it");
      put_something(file);
    }
    EXPECT_EQ(guard.error_number, 0);
  }
  hid_t const file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  hid_t const dataset = H5Dopen2(file, "/group/values", H5P_DEFAULT);
  std::vector<double> values(100'000);
  EXPECT_GE(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  EXPECT_EQ(values, std::vector<double>(100'000, 1.5));
  H5Dclose(dataset);
  EXPECT_GE(H5Fclose(file), 0);
}

TEST(GuardedFile, WritesThatFailAreToldAndTheFileStillCloses) {
  TemporaryFolder const folder;
  auto const path = folder / "file.h5";
  { posix::Descriptor const made(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)); }
  posix::Descriptor const unwritable(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  Scope const scope;
  WriteGuard guard{&unwritable, 0};
  std::optional<Handle> file(create_guarded_file(guard, "cannot make it"));
  put_something(*file);
  EXPECT_GE(H5Fflush(file->id(), H5F_SCOPE_LOCAL), 0);
  EXPECT_EQ(guard.error_number, EBADF);
  put_attribute(*file, "more", 1.0);
  EXPECT_EQ(H5Iget_ref(file->id()), 1);
  EXPECT_GE(H5Fclose(file->id()), 0);
  EXPECT_EQ(std::filesystem::file_size(path), 0U);
}

}  // namespace
}  // namespace lauebench::hdf5
