// SPDX-License-Identifier: BSD-2-Clause
// Random boot lines and module strings: whatever comes, every problem is counted and said, and
// nothing reads outside the text (the sanitizers watch).
#include "vestige/config/vm_plan.hpp"

#include "problem_list.hpp"

#include <gtest/gtest.h>

#include <random>

namespace vestige::config {
namespace {

/// Strings made of what the parsers know, cut and mixed with noise.
class Scrambler {
  public:
    explicit Scrambler(unsigned seed) : random_{seed} {
        for (const Option& option : option_table()) {
            pieces_.emplace_back(option.name);
            pieces_.emplace_back(option.type);
        }
        for (const ModuleKey& key : module_keys())
            pieces_.emplace_back(key.name);
        for (const char* extra :
             {"=",         " ",    ",",   ":",   ".",        "-",         "no-",  "vm.",
              "vm.a.mem=", "64M",  "0x",  "int", "io:60-64", "\"",        "#",    "\n",
              "floppy",    "disk", "raw", "rom", "cdrom",    "unit=0x80", "vm=a", "99999999999999"})
            pieces_.emplace_back(extra);
    }
    std::string text() {
        std::string result;
        for (unsigned n = pick(12); n != 0; --n) {
            const std::string& piece = pieces_[pick(pieces_.size())];
            result += pick(4) == 0 ? piece.substr(0, pick(piece.size() + 1)) : piece;
            if (pick(3) == 0)
                result += ' ';
            if (pick(8) == 0)
                result += static_cast<char>(pick(256));
        }
        return result;
    }
    std::size_t pick(std::size_t count) { return random_() % count; }

  private:
    std::mt19937 random_;
    std::vector<std::string> pieces_;
};

TEST(ConfigFuzz, BootLines) {
    Scrambler scrambler{1};
    for (unsigned i = 0; i < 20000; ++i) {
        const std::string line = scrambler.text();
        BootOptions options;
        ProblemList problems;
        unsigned count = parse_boot_line(line, options, problems);
        EXPECT_EQ(count, problems.sentences.size()) << line;
        count += parse_config_file(line, options, problems);
        EXPECT_EQ(count, problems.sentences.size()) << line;
    }
}

TEST(ConfigFuzz, ModulesAndPlans) {
    Scrambler scrambler{2};
    for (unsigned i = 0; i < 5000; ++i) {
        std::vector<std::string> texts;
        std::vector<Module> modules(scrambler.pick(6));
        ProblemList problems;
        for (std::size_t m = 0; m < modules.size(); ++m)
            texts.push_back(scrambler.text());
        for (std::size_t m = 0; m < modules.size(); ++m) {
            static_cast<void>(parse_module(texts[m], modules[m].options, problems));
            modules[m].kind = static_cast<ModuleKind>(1 + scrambler.pick(7));
            modules[m].size = scrambler.pick(3) * 65536;
        }
        const std::string line = scrambler.text();
        BootOptions options;
        static_cast<void>(parse_boot_line(line, options, problems));
        problems.sentences.clear();
        const HostResources host{.cpus = static_cast<unsigned>(scrambler.pick(8)) + 1,
                                 .memory = scrambler.pick(256) * mib};
        VmPlans plans;
        plan_vms(modules, options, host, plans, problems);
        EXPECT_EQ(plans.problems, problems.sentences.size());
        if (plans.problems != 0)
            continue;
        u64 memory = 0;
        for (const VmPlan& vm : plans.vms)
            memory += vm.memory;
        EXPECT_LE(memory, host.memory);
        EXPECT_LE(plans.vms.size(), host.cpus);
        EXPECT_FALSE(plans.vms.empty());
    }
}

} // namespace
} // namespace vestige::config
