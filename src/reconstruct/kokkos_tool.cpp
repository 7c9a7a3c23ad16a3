#include "reconstruct/kokkos_tool.hpp"

#include <fmt/format.h>

#include "config/error.hpp"
#include "kokkos_kernels/backend_loader.hpp"

namespace lauebench {

void require_usable(KokkosTool const& tool) {
  if (tool.empty()) {
    return;
  }
  if (std::string const problem = kernels::tool_problem(tool); !problem.empty()) {
    throw bad_input(fmt::format("--profile kokkos:{} cannot be used", tool), problem,
                    "give the path of a Kokkos Tools library, with a slash in it unless it lies in LD_LIBRARY_PATH");
  }
}

}  // namespace lauebench
