// SPDX-License-Identifier: BSD-2-Clause
// All rows of the dispatch tables by their id.
#pragma once

#include "vestige/bios/service.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace vestige::test {

struct ServiceRow {
    const bios::Service* service = nullptr;
    u8 interrupt = 0; ///< of function rows
    bool function = false;
};

inline std::map<std::string_view, ServiceRow> rows_by_id() {
    std::map<std::string_view, ServiceRow> found;
    const auto take = [&found](std::span<const bios::Service> rows, u8 interrupt, bool function) {
        for (const bios::Service& row : rows)
            if (!row.id.empty()) {
                EXPECT_TRUE(found.emplace(row.id, ServiceRow{&row, interrupt, function}).second)
                    << row.id << " twice";
            }
    };
    std::set<const bios::FunctionTable*> tables;
    for (unsigned i = 0; i < 256; ++i) {
        const bios::FunctionTable* const functions = bios::interrupts[i].functions;
        if (functions != nullptr && tables.insert(functions).second)
            take(functions->rows, static_cast<u8>(i), true);
    }
    take(bios::plain_services(), 0, false);
    take(bios::structures(), 0, false);
    return found;
}

/// Why a row that someone wants is answered with an error; empty where there is no reason.
inline std::string_view why_refused(std::string_view id) {
    if (id.starts_with("1A/BB"))
        return "no TPM";
    if (id == "1A/5650")
        return "a PXE ROM brings it";
    if (id == "15/E980")
        return "no SpeedStep";
    if (id == "15/EC00")
        return "nothing depends on the mode";
    if (id == "10/4F11")
        return "no flat panel";
    return {};
}

} // namespace vestige::test
