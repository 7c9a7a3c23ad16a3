#include "cluster/shared_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <mpi.h>

#include "cluster/mpi_error.hpp"
#include "cluster/mpi_info.hpp"

namespace lauebench {
namespace {

constexpr std::string_view check_folder = "check the output folder and the filesystem's space";

/// Of one call: MPI counts in int, and some implementations count a call's bytes so.
constexpr std::uint64_t most_bytes_at_once = std::uint64_t{1} << 29U;

/// Calls `write` with pieces that are no larger than that, as many for all blocks of the same size and number.
template <class Write>
void in_pieces(FileBlocks const& blocks, std::span<std::byte const> bytes, Write const& write) {
  std::uint64_t const block_part = std::min(blocks.block_bytes, most_bytes_at_once);
  std::uint64_t const most_blocks =
      block_part < blocks.block_bytes ? 1 : std::max<std::uint64_t>(1, most_bytes_at_once / blocks.block_bytes);
  for (std::uint64_t block = 0; block < blocks.count; block += most_blocks) {
    std::uint64_t const count = std::min(most_blocks, blocks.count - block);
    for (std::uint64_t at = 0; at < blocks.block_bytes; at += block_part) {
      std::uint64_t const part = std::min(block_part, blocks.block_bytes - at);
      write(FileBlocks{blocks.first + block * blocks.stride_bytes + at, part, blocks.stride_bytes, count},
            bytes.subspan(block * blocks.block_bytes + at, count * part));
    }
  }
}

std::string problem_of(std::filesystem::path const& path) {
  return fmt::format("cannot write shared file '{}'", path.string());
}

class MpiFile final : public SharedFile {
 public:
  MpiFile(MPI_Comm ranks, std::filesystem::path const& path, std::vector<MpiHint> const& hints)
      : problem_(problem_of(path)), info_(hints) {
    check(MPI_File_open(ranks, path.c_str(), MPI_MODE_WRONLY, info_.get(), &file_), "MPI_File_open");
  }

  void write(FileBlocks const& blocks, std::span<std::byte const> bytes, Toggle collective) override {
    in_pieces(blocks, bytes, [this, collective](FileBlocks const& piece, std::span<std::byte const> part) {
      if (collective == Toggle::on) {
        write_together(piece, part);
      } else {
        write_alone(piece, part);
      }
    });
  }

  void sync() override { check(MPI_File_sync(file_), "MPI_File_sync"); }

  void close() override { check(MPI_File_close(&file_), "MPI_File_close"); }

  [[nodiscard]] std::vector<MpiHint> hints() const override { return hints_of(file_); }

 private:
  /// One call for all blocks, so that MPI-IO sees at once what every rank writes.
  void write_together(FileBlocks const& blocks, std::span<std::byte const> bytes) {
    MPI_Datatype places = MPI_DATATYPE_NULL;
    check(MPI_Type_create_hvector(static_cast<int>(blocks.count), static_cast<int>(blocks.block_bytes),
                                  static_cast<MPI_Aint>(blocks.stride_bytes), MPI_BYTE, &places),
          "MPI_Type_create_hvector");
    check(MPI_Type_commit(&places), "MPI_Type_commit");
    // what fails on one rank alone must not keep it from the calls that the others make
    int const viewing =
        MPI_File_set_view(file_, static_cast<MPI_Offset>(blocks.first), MPI_BYTE, places, "native", info_.get());
    MPI_Status written;
    int const writing =
        MPI_File_write_at_all(file_, 0, bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, &written);
    MPI_Type_free(&places);
    check(viewing, "MPI_File_set_view");
    check(writing, "MPI_File_write_at_all");
    require_all(written, bytes.size());
  }

  void write_alone(FileBlocks const& blocks, std::span<std::byte const> bytes) {
    for (std::uint64_t block = 0; block < blocks.count; ++block) {
      auto const part = bytes.subspan(block * blocks.block_bytes, blocks.block_bytes);
      MPI_Status written;
      std::uint64_t const place = blocks.first + block * blocks.stride_bytes;
      check(MPI_File_write_at(file_, static_cast<MPI_Offset>(place), part.data(), static_cast<int>(part.size()),
                              MPI_BYTE, &written),
            "MPI_File_write_at");
      require_all(written, part.size());
    }
  }

  void check(int status, char const* call) const {
    if (status == MPI_SUCCESS) {
      return;
    }
    throw Error(ReturnCode::io_error, problem_, fmt::format("{}: {}", call, mpi_error_text(status)), check_folder);
  }

  void require_all(MPI_Status const& written, std::size_t bytes) const {
    int count = 0;
    check(MPI_Get_count(&written, MPI_BYTE, &count), "MPI_Get_count");
    if (static_cast<std::size_t>(count) != bytes) {
      throw Error(ReturnCode::io_error, problem_, fmt::format("{} of {} bytes were written", count, bytes),
                  check_folder);
    }
  }

  std::string problem_;
  MpiInfo info_;
  MPI_File file_ = MPI_FILE_NULL;
};

}  // namespace

void require_thread_beside_main(std::string_view problem, std::string_view another_way) {
  int level = MPI_THREAD_SINGLE;
  MPI_Query_thread(&level);
  if (level < MPI_THREAD_SERIALIZED) {
    throw bad_input(problem, "the MPI library lets the main thread alone talk to other ranks",
                    fmt::format("use an MPI library with MPI_THREAD_SERIALIZED, or {}", another_way));
  }
}

std::vector<MpiHint> hints_of(MPI_File file) {
  std::vector<MpiHint> hints;
  MPI_Info info = MPI_INFO_NULL;
  if (MPI_File_get_info(file, &info) != MPI_SUCCESS || info == MPI_INFO_NULL) {
    return hints;
  }
  int count = 0;
  MPI_Info_get_nkeys(info, &count);
  for (int index = 0; index < count; ++index) {
    std::array<char, MPI_MAX_INFO_KEY + 1> key{};
    std::array<char, MPI_MAX_INFO_VAL + 1> value{};
    int is_there = 0;
    MPI_Info_get_nthkey(info, index, key.data());
    MPI_Info_get(info, key.data(), MPI_MAX_INFO_VAL, value.data(), &is_there);
    if (is_there != 0) {
      hints.push_back({key.data(), value.data()});
    }
  }
  MPI_Info_free(&info);
  return hints;
}

std::unique_ptr<SharedFile> open_mpi_file(Communicator& ranks, std::filesystem::path const& path,
                                          std::vector<MpiHint> const& hints) {
  require_thread_beside_main(problem_of(path), "another --output-layout");
  return std::make_unique<MpiFile>(*static_cast<MPI_Comm const*>(ranks.native()), path, hints);
}

}  // namespace lauebench
