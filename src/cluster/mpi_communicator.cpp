#include "cluster/mpi_communicator.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <mpi.h>

#include "cluster/mpi_error.hpp"
#include "cluster/patience.hpp"

namespace lauebench {
namespace {

/// MPI counts in int: longer texts travel in pieces.
constexpr std::uint64_t largest_message = std::uint64_t{1} << 30U;

constexpr int number_tag = 1;

void check(int status, char const* call) {
  if (status == MPI_SUCCESS) {
    return;
  }
  throw Error(ReturnCode::reconstruction_error, fmt::format("{} failed", call), mpi_error_text(status),
              "check the MPI installation and the nodes");
}

/// Owns a communicator.
class Group {
 public:
  Group() = default;
  Group(Group const&) = delete;
  Group& operator=(Group const&) = delete;
  ~Group() {
    if (handle != MPI_COMM_NULL) {
      MPI_Comm_free(&handle);
    }
  }
  MPI_Comm handle = MPI_COMM_NULL;
};

/// Where each rank's piece lies in the buffer of one round of a gather.
struct Round {
  std::vector<int> counts;
  std::vector<int> offsets;
};

/// Takes a communicator over.
class MpiCommunicator final : public Communicator {
 public:
  explicit MpiCommunicator(MPI_Comm handle) {
    world_.handle = handle;
    check(MPI_Comm_set_errhandler(world_.handle, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check(MPI_Comm_rank(world_.handle, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(world_.handle, &size_), "MPI_Comm_size");
  }

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }

  void barrier(Waiting waiting) override {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(world_.handle, &request), "MPI_Ibarrier");
    complete(request, waiting);
  }

  [[nodiscard]] std::string broadcast(std::string text, Waiting waiting) override {
    std::uint64_t bytes = text.size();
    broadcast_bytes(&bytes, sizeof bytes, waiting);
    text.resize(static_cast<std::size_t>(bytes));
    for (std::uint64_t done = 0; done < bytes; done += largest_message) {
      broadcast_bytes(text.data() + done, std::min(largest_message, bytes - done), waiting);
    }
    return text;
  }

  [[nodiscard]] std::vector<std::string> gather(std::string const& text) override {
    auto const lengths = all_lengths(text.size());
    auto const longest = *std::max_element(lengths.begin(), lengths.end());
    auto const piece = largest_message / static_cast<std::uint64_t>(size_);
    std::vector<std::string> texts(is_root() ? lengths.size() : 0);
    for (std::uint64_t done = 0; done < longest; done += piece) {
      gather_round(text, done, make_round(lengths, done, piece), texts);
    }
    return texts;
  }

  void send(int to, double number) override {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Isend(&number, 1, MPI_DOUBLE, to, number_tag, world_.handle, &request), "MPI_Isend");
    complete(request, Waiting::prompt);
  }

  [[nodiscard]] double receive(int from) override {
    double number = 0.0;
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Irecv(&number, 1, MPI_DOUBLE, from, number_tag, world_.handle, &request), "MPI_Irecv");
    complete(request, Waiting::prompt);
    return number;
  }

  // Splitting blocks and spins, so it is done at the start, where nobody is late.
  [[nodiscard]] int lowest_rank_on_node() override {
    Group node;
    check(MPI_Comm_split_type(world_.handle, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &node.handle),
          "MPI_Comm_split_type");
    int lowest = rank_;
    check(MPI_Bcast(&lowest, 1, MPI_INT, 0, node.handle), "MPI_Bcast");
    return lowest;
  }

  [[nodiscard]] std::unique_ptr<Communicator> part(std::optional<Seat> const& seat) override {
    MPI_Comm handle = MPI_COMM_NULL;
    auto const [place, group] = seat.value_or(Seat{0, MPI_UNDEFINED});
    check(MPI_Comm_split(world_.handle, group, place, &handle), "MPI_Comm_split");
    return handle == MPI_COMM_NULL ? nullptr : std::make_unique<MpiCommunicator>(handle);
  }

  [[nodiscard]] void const* native() const override { return &world_.handle; }

  [[noreturn]] void abort(int status) override {
    MPI_Abort(MPI_COMM_WORLD, status);
    std::_Exit(status);  // MPI_Abort does not promise not to return
  }

 private:
  void complete(MPI_Request& request, Waiting waiting) const {
    Patience patience(waiting);
    int done = 0;
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    while (done == 0) {
      require_patience(patience);
      patience.wait();
      check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    }
  }

  void require_patience(Patience const& patience) const {
    auto const& limit = wait_limit();
    if (limit && patience.waited_s() > limit->seconds) {
      throw Error(ReturnCode::reconstruction_error,
                  fmt::format("the launch hangs: rank {} has waited {:.0f} s for other ranks in {}", rank_,
                              limit->seconds, limit->what),
                  "a process, a node or a filesystem answers no more", "look at the nodes, then go on with --resume");
    }
  }

  void broadcast_bytes(void* bytes, std::uint64_t count, Waiting waiting) const {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibcast(bytes, static_cast<int>(count), MPI_BYTE, 0, world_.handle, &request), "MPI_Ibcast");
    complete(request, waiting);
  }

  [[nodiscard]] std::vector<std::uint64_t> all_lengths(std::uint64_t mine) const {
    std::vector<std::uint64_t> lengths(static_cast<std::size_t>(size_));
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iallgather(&mine, 1, MPI_UINT64_T, lengths.data(), 1, MPI_UINT64_T, world_.handle, &request),
          "MPI_Iallgather");
    complete(request, Waiting::idle);
    return lengths;
  }

  static Round make_round(std::vector<std::uint64_t> const& lengths, std::uint64_t done, std::uint64_t piece) {
    Round round;
    for (std::uint64_t const length : lengths) {
      round.counts.push_back(static_cast<int>(std::min(piece, length - std::min(done, length))));
    }
    round.offsets.resize(round.counts.size());
    std::exclusive_scan(round.counts.begin(), round.counts.end(), round.offsets.begin(), 0);
    return round;
  }

  void gather_round(std::string const& text, std::uint64_t done, Round const& round,
                    std::vector<std::string>& texts) const {
    auto const total = static_cast<std::size_t>(round.offsets.back()) + static_cast<std::size_t>(round.counts.back());
    std::string all(is_root() ? total : 0, '\0');
    int const mine = round.counts[static_cast<std::size_t>(rank_)];
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Igatherv(mine > 0 ? text.data() + done : nullptr, mine, MPI_BYTE, all.data(), round.counts.data(),
                       round.offsets.data(), MPI_BYTE, 0, world_.handle, &request),
          "MPI_Igatherv");
    complete(request, Waiting::idle);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      texts[i].append(all, static_cast<std::size_t>(round.offsets[i]), static_cast<std::size_t>(round.counts[i]));
    }
  }

  Group world_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace

std::unique_ptr<Communicator> make_mpi_communicator() {
  MPI_Comm handle = MPI_COMM_NULL;
  check(MPI_Comm_dup(MPI_COMM_WORLD, &handle), "MPI_Comm_dup");
  return std::make_unique<MpiCommunicator>(handle);
}

}  // namespace lauebench
