// SPDX-License-Identifier: BSD-2-Clause
// The manual page names every boot word.
#include "vestige/config/boot_options.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>

namespace vestige::config {
namespace {

TEST(Manual, NamesEveryBootWord) {
    const char* const source = std::getenv("srcdir");
    std::ifstream file{std::string{source != nullptr ? source : ".."} + "/docs/vestige.7"};
    ASSERT_TRUE(file) << "docs/vestige.7 cannot be read";
    std::stringstream page;
    page << file.rdbuf();
    for (const Option& option : option_table()) {
        if (option.name == "help") {
            EXPECT_NE(page.str().find(".B help\n"), std::string::npos);
            continue;
        }
        const std::string name{option.name};
        const bool found = page.str().find(".B " + name + "\n") != std::string::npos ||
                           page.str().find(".BR " + name + " ") != std::string::npos ||
                           page.str().find(" \", \" " + name + "\n") != std::string::npos ||
                           page.str().find("\", \" " + name + "\n") != std::string::npos;
        EXPECT_TRUE(found) << name;
    }
}

} // namespace
} // namespace vestige::config
