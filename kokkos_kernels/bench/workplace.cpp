#include "kokkos_kernels/bench/workplace.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>

#include "config/error.hpp"
#include "io/scan_reader.hpp"
#include "kokkos_kernels/cutoff.hpp"
#include "kokkos_kernels/reference/plain_depth_resolve.hpp"
#include "reconstruct/reconstruction_setup.hpp"
#include "synthetic/generate.hpp"

namespace lauebench::kernel_bench {
namespace {

namespace fs = std::filesystem;

constexpr char const* geometry_name = "geometry_34ide.xml";

fs::path make_folder(fs::path const& parent) {
  std::string name = (parent / "laue-bench-kernels-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw io_error(fmt::format("cannot make a work folder in {}", parent.string()), errno,
                   "choose another folder with --output, or set TMPDIR");
  }
  return name;
}

GenerateConfig generate_config(fs::path const& file, ProblemSize const& size, int binning, std::uint64_t seed) {
  GenerateConfig config;
  config.output = file;
  config.geometry = geometry_file();
  config.rows = size.rows;
  config.columns = size.columns;
  config.images = size.images;
  config.depth_range = {0.0, static_cast<double>(size.depths - 1)};
  config.bin_x = binning;
  config.bin_y = binning;
  config.seed = seed;
  return config;
}

/// Reads the generated file back: what is measured went the way of every scan.
Scan load(fs::path const& file, DepthRange const& depth_range, fs::path const& output_base) {
  Scan scan;
  scan.task.scan = file;
  scan.task.geometry = geometry_file();
  scan.task.output_base = output_base;
  scan.task.parameters.depth_range = depth_range;
  scan.task.memory_limit_bytes = std::uint64_t{4} << 30U;
  ScanReader reader(file);
  ScanInfo const& info = reader.info();
  scan.job = make_job(scan.task, info);
  scan.rows = info.rows;
  scan.frames.resize(static_cast<std::size_t>(info.images()) * static_cast<std::size_t>(info.image_bytes()));
  reader.read_rows(0, info.rows, scan.frames);
  auto const pixels = static_cast<std::size_t>(info.rows) * static_cast<std::size_t>(info.columns);
  scan.job.cutoff = kernels::brightness_cutoff(scan.frames.data(), scan.job.input_type, pixels,
                                               scan.task.parameters.percent_brightest);
  return scan;
}

fs::path program_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

}  // namespace

Workplace::Workplace(fs::path const& parent, std::uint64_t seed) : folder_(make_folder(parent)), seed_(seed) {}

Workplace::~Workplace() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Scan const& Workplace::scan(ProblemSize const& size, int binning) {
  auto found = scans_.find({size, binning});
  if (found == scans_.end()) {
    std::string const name = fmt::format("scan_{}_bin{}", to_text(size), binning);
    GenerateConfig const config = generate_config(folder_ / (name + ".h5"), size, binning, seed_);
    static_cast<void>(generate_scan(config));
    found =
        scans_.emplace(std::pair{size, binning}, load(config.output, config.depth_range, folder_ / (name + "_"))).first;
  }
  return found->second;
}

std::span<double const> Workplace::oracle(std::string const& key, kernels::ReconstructionJob job,
                                          kernels::Stripe stripe) {
  if (key != oracle_key_) {
    oracle_key_.clear();
    oracle_.assign(static_cast<std::size_t>(stripe.rows) * static_cast<std::size_t>(job.columns) *
                       static_cast<std::size_t>(job.depths.count),
                   0.0);
    job.output_type = ElementType::float64;
    stripe.images = oracle_.data();
    kernels::plain_depth_resolve(job, stripe);
    oracle_key_ = key;
  }
  return oracle_;
}

fs::path geometry_file() {
  for (fs::path const& folder : {program_folder() / "../share/lauebench/configs", fs::path(LAUEBENCH_BENCH_CONFIGS)}) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / geometry_name, ignored)) {
      return (folder / geometry_name).lexically_normal();
    }
  }
  throw bad_input(fmt::format("there is no {}", geometry_name),
                  fmt::format("neither in {} nor beside this program", LAUEBENCH_BENCH_CONFIGS),
                  "start the program where it was built or installed");
}

fs::path program_beside(std::string_view name) { return program_folder() / name; }

}  // namespace lauebench::kernel_bench
