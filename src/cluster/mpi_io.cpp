#include "cluster/mpi_io.hpp"

#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <mpi.h>

#include "cluster/cluster_session.hpp"

namespace lauebench {
namespace {

/// MPI's tool interface for as long as it lives; MPI is started.
class ToolInterface {
 public:
  ToolInterface() {
    // Open MPI 4.1 takes what is asked for here for the level of MPI itself from then on
    int level = MPI_THREAD_SINGLE;
    MPI_Query_thread(&level);
    is_ready_ = MPI_T_init_thread(level, &level) == MPI_SUCCESS;
  }
  ~ToolInterface() {
    if (is_ready_) {
      MPI_T_finalize();
    }
  }
  ToolInterface(ToolInterface const&) = delete;
  ToolInterface& operator=(ToolInterface const&) = delete;

  [[nodiscard]] bool is_ready() const { return is_ready_; }

 private:
  bool is_ready_ = false;
};

struct ControlVariable {
  std::string name;
  MPI_Datatype type = MPI_DATATYPE_NULL;
};

std::optional<ControlVariable> variable_at(int index) {
  std::array<char, 256> name{};
  int length = static_cast<int>(name.size());
  int no_description = 0;
  int verbosity = 0;
  int binding = 0;
  int scope = 0;
  MPI_T_enum words = MPI_T_ENUM_NULL;
  ControlVariable variable;
  if (MPI_T_cvar_get_info(index, name.data(), &length, &verbosity, &variable.type, &words, nullptr, &no_description,
                          &binding, &scope) != MPI_SUCCESS ||
      binding != MPI_T_BIND_NO_OBJECT) {
    return std::nullopt;
  }
  variable.name = name.data();
  return variable;
}

/// The values of a control variable, as many as it has; empty where it cannot be read.
template <class Value>
std::vector<Value> values_at(int index) {
  MPI_T_cvar_handle handle = MPI_T_CVAR_HANDLE_NULL;
  int count = 0;
  if (MPI_T_cvar_handle_alloc(index, nullptr, &handle, &count) != MPI_SUCCESS) {
    return {};
  }
  std::vector<Value> values(static_cast<std::size_t>(count) + 1);  // Open MPI ends texts with a zero beyond the count
  bool const is_read = MPI_T_cvar_read(handle, values.data()) == MPI_SUCCESS;
  MPI_T_cvar_handle_free(&handle);
  return is_read ? values : std::vector<Value>{};
}

/// "ompio" of "io_ompio_priority"; empty for other names.
std::string_view component_of(std::string_view name) {
  constexpr std::string_view head = "io_";
  constexpr std::string_view tail = "_priority";
  if (!name.starts_with(head) || !name.ends_with(tail) || name.size() <= head.size() + tail.size()) {
    return {};
  }
  std::string_view const component = name.substr(head.size(), name.size() - head.size() - tail.size());
  return component.ends_with("_delete") ? std::string_view{} : component;
}

std::string chosen_component() {
  std::string best;
  int best_priority = std::numeric_limits<int>::min();
  int variables = 0;
  MPI_T_cvar_get_num(&variables);
  for (int index = 0; index < variables; ++index) {
    auto const variable = variable_at(index);
    if (!variable) {
      continue;
    }
    if (variable->name == "io" && variable->type == MPI_CHAR) {
      auto const asked = values_at<char>(index);
      if (!asked.empty() && asked.front() != '\0') {
        return asked.data();
      }
    }
    auto const component = component_of(variable->name);
    auto const priority = component.empty() || variable->type != MPI_INT ? std::vector<int>{} : values_at<int>(index);
    if (!priority.empty() && priority.front() > best_priority) {
      best_priority = priority.front();
      best = component;
    }
  }
  return best;
}

}  // namespace

MpiIo mpi_io() {
  int is_started = 0;
  MPI_Initialized(&is_started);
  if (is_started == 0) {
    return {{}, "MPI is not started in a launch without mpirun or srun"};
  }
  // it has ROMIO built in and nothing else; what vendors make of it calls itself otherwise
  if (mpi_library().starts_with("MPICH Version")) {
    return {"romio", {}};
  }
  ToolInterface const tools;
  if (!tools.is_ready()) {
    return {{}, "the MPI library's tool interface (MPI_T) does not start"};
  }
  std::string component = chosen_component();
  return component.empty()
             ? MpiIo{{}, "the MPI library is not MPICH and has no control variables named io, as Open MPI has"}
             : MpiIo{std::move(component), {}};
}

}  // namespace lauebench
