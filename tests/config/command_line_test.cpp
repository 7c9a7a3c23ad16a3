#include "config/command_line.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>

#include "command_line_helper.hpp"
#include "config/option_tables.hpp"

namespace lauebench {
namespace {

using test::parse_error;
using test::printed;
using test::run_error;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Options, VersionAndHelpOfTheProgram) {
  EXPECT_EQ(printed({"--version"}), "laue-bench 9.8.7\n");
  for (auto const& command : all_commands()) {
    EXPECT_THAT(printed({"--help"}), HasSubstr(std::string{command.name})) << command.name;
  }
  EXPECT_EQ(printed({"-h"}), printed({"--help"}));
  EXPECT_THAT(printed({"--help"}), Not(HasSubstr("--kernel-loop")));
  EXPECT_THAT(printed({"--help-all"}), HasSubstr("--kernel-loop"));
}

TEST(Options, UnknownOnesGetTheNearestName) {
  EXPECT_EQ(run_error({"--runz", "3"}),
            "unknown option '--runz' (laue-bench run has none of this name): did you mean --runs?");
  EXPECT_THAT(run_error({"--cpu_parallel=3"}), HasSubstr("did you mean --cpu-parallel?"));
  EXPECT_THAT(run_error({"--resol", "3"}), HasSubstr("unknown option '--resol'"));
  EXPECT_THAT(run_error({"--resol", "3"}), HasSubstr("did you mean --resolution?"));
  EXPECT_THAT(run_error({"-h5", "s"}),
              HasSubstr("unknown option '-h5' (laue-bench run has none of this name): did you mean --h5?"));
  EXPECT_THAT(run_error({"--colour"}), HasSubstr("see laue-bench run --help-all"));
  EXPECT_EQ(
      parse_error({"recnostruct"}),
      "unknown subcommand 'recnostruct' (there are run, reconstruct, generate, convert, info, clean): did you mean "
      "reconstruct?");
  EXPECT_THAT(parse_error({"frobnicate"}), HasSubstr("see laue-bench --help"));
}

TEST(Options, ThoseOfOtherSubcommandsAreRefusedWithWhatToUse) {
  EXPECT_EQ(run_error({"--threads", "2"}),
            "'--threads' is no option of run (it belongs to laue-bench reconstruct): use --cpu-threads instead");
  EXPECT_THAT(run_error({"--backend=cuda"}), HasSubstr("use --mode instead"));
  EXPECT_THAT(run_error({"--output", "x"}), HasSubstr("use --staging-dir instead"));
  EXPECT_THAT(run_error({"--grains", "2"}), HasSubstr("(it belongs to laue-bench generate): leave it out"));
  EXPECT_THAT(parse_error({"reconstruct", "--cpu-threads", "2"}), HasSubstr("use --threads instead"));
  EXPECT_THAT(parse_error({"reconstruct", "--config", "f"}), HasSubstr("it belongs to laue-bench run"));
}

TEST(Options, MalformedCommandLines) {
  EXPECT_THAT(run_error({"--runs", "1", "--runs", "2"}),
              StartsWith("--runs is given 2 times (it may be given once): "));
  EXPECT_THAT(run_error({"--cpu-parallel=1", "--cpu-parallel=2"}), HasSubstr("separate several values by commas"));
  EXPECT_THAT(run_error({"--dry-run", "--dry-run"}), StartsWith("--dry-run is given 2 times"));
  EXPECT_EQ(run_error({"--runs"}), "--runs has no value (the command line ends after it): write --runs N");
  EXPECT_THAT(run_error({"--runs="}), StartsWith("--runs has no value"));
  EXPECT_EQ(run_error({"--tag", "--runs", "3"}), "--tag has no value ('--runs' follows it): write --tag TEXT");
  for (std::string const value : {"no", "true", ""}) {
    EXPECT_THAT(run_error({"--dry-run=" + value}),
                StartsWith("'--dry-run=" + value + "' (--dry-run takes no value): "));
  }
  EXPECT_THAT(run_error({"scan2.h5"}), StartsWith("left-over argument 'scan2.h5' (it belongs to no option): "));
  EXPECT_THAT(run_error({"reconstruct"}), HasSubstr("a subcommand stands before all options"));
  EXPECT_THAT(run_error({"--", "x"}), StartsWith("left-over argument 'x'"));
  EXPECT_THAT(run_error({"--h5"}), StartsWith("--h5 has no value"));
  EXPECT_THAT(run_error({"--tag", "two\nlines", "x\ny"}), StartsWith("left-over argument 'x?y'"));
}

/// The options that a help text lists, each at the beginning of a line.
std::set<std::string> options_listed(std::string const& help) {
  std::set<std::string> listed;
  for (std::size_t at = help.find("\n  --"); at != std::string::npos; at = help.find("\n  --", at + 1)) {
    std::size_t const begin = at + 5;
    listed.insert(help.substr(begin, help.find_first_of(" \n", begin) - begin));
  }
  return listed;
}

TEST(Help, ListsEverydayOptionsAndAllOptions) {
  for (auto const& command : all_commands()) {
    std::set<std::string> everyday{"help", "help-all"};
    std::set<std::string> all = everyday;
    for (auto const& option : command.options) {
      all.emplace(option.name);
      if (option.audience == Audience::everyday) {
        everyday.emplace(option.name);
      }
    }
    std::string const name{command.name};
    EXPECT_EQ(options_listed(printed({name, "--help"})), everyday) << name;
    EXPECT_EQ(options_listed(printed({name, "--help-all"})), all) << name;
    // "The dozen everyday options", the two of help apart.
    EXPECT_LE(everyday.size(), 15U) << name;
  }
}

TEST(Help, ShowsDefaultsAndKeepsToTheWidth) {
  auto const help = printed({"run", "--help-all"});
  EXPECT_THAT(help, HasSubstr("(ranks), CPU [1,2]"));
  EXPECT_THAT(help, HasSubstr("MiB [8192, or"));
  EXPECT_THAT(help, HasSubstr("(required)"));
  constexpr std::size_t width = 100;
  for (std::size_t begin = 0; begin < help.size();) {
    std::size_t const end = std::min(help.find('\n', begin), help.size());
    EXPECT_LE(end - begin, width) << help.substr(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace lauebench
