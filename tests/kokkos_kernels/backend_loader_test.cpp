#include "kokkos_kernels/backend_loader.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lauebench::kernels {
namespace {

LoadedBackend loaded(BackendResult const& result) {
  if (auto const* const missing = std::get_if<BackendUnavailable>(&result)) {
    throw std::runtime_error(missing->reason);
  }
  return std::get<LoadedBackend>(result);
}

std::vector<std::string_view> built_levels() {
  std::vector<std::string_view> levels;
  for (std::string_view const level : runnable_cpu_levels()) {
    if (std::holds_alternative<LoadedBackend>(load_cpu_backend(level))) {
      levels.push_back(level);
    }
  }
  return levels;
}

TEST(BackendLoader, TakesTheBestLevelThatThisCpuRuns) {
  auto const levels = built_levels();
  ASSERT_FALSE(levels.empty());
  EXPECT_EQ(loaded(load_backend(BackendKind::openmp)).backend->info().architecture, levels.front());
}

TEST(BackendLoader, ModulesSayWhatTheyWereBuiltFor) {
  for (std::string_view const level : built_levels()) {
    LoadedBackend const backend = loaded(load_cpu_backend(level));
    EXPECT_EQ(backend.backend->info().architecture, level);
    EXPECT_THAT(backend.backend->info().flags, testing::HasSubstr("-fno-math-errno"));
    if (level.starts_with("x86-64")) {
      EXPECT_THAT(backend.backend->info().flags, testing::HasSubstr("-march=" + std::string(level)));
    }
    EXPECT_THAT(backend.module.filename().string(), testing::HasSubstr(level));
  }
}

TEST(BackendLoader, NamesTheFileAndTheFoldersOfAMissingLevel) {
  auto const result = load_cpu_backend("x86-64-v9");
  auto const* const missing = std::get_if<BackendUnavailable>(&result);
  ASSERT_NE(missing, nullptr);
  EXPECT_THAT(missing->reason, testing::HasSubstr("no liblauebench_openmp_x86-64-v9.so in "));
  EXPECT_THAT(missing->reason, testing::HasSubstr(module_folders().front().string()));
}

TEST(BackendLoader, ChosenFolderIsTheOnlyOne) {
  ::setenv("LAUEBENCH_MODULE_DIR", "/absent", 1);
  auto const folders = module_folders();
  ::unsetenv("LAUEBENCH_MODULE_DIR");
  EXPECT_EQ(folders, std::vector<std::filesystem::path>{"/absent"});
  EXPECT_GT(module_folders().size(), 1U);
}

TEST(BackendLoader, SaysWhyALibraryIsNoKokkosTool) {
  EXPECT_THAT(tool_problem("/absent/libtool.so"), testing::HasSubstr("cannot open shared object file"));
  EXPECT_THAT(tool_problem("libm.so.6"), testing::HasSubstr("none of the functions of a Kokkos Tools library"));
}

TEST(BackendLoader, AGpuThatIsNotThereHasNoModule) {
  EXPECT_TRUE(std::holds_alternative<BackendUnavailable>(load_backend(BackendKind::cuda, gpu_count())));
}

TEST(BackendLoader, CpusHaveNoMemoryOfADevice) {
  EXPECT_EQ(loaded(load_backend(BackendKind::openmp)).backend->free_device_bytes({1, 0}), 0U);
}

TEST(BackendLoader, StartsTwiceWithoutHarm) {
  Backend& backend = *loaded(load_backend(BackendKind::openmp)).backend;
  backend.start({1, 0});
  backend.start({2, 0});
  EXPECT_THROW(backend.start({1, 3}), std::invalid_argument);
}

}  // namespace
}  // namespace lauebench::kernels
