// SPDX-License-Identifier: BSD-2-Clause
// The dispatch table against the matrix of BIOS services.
#include "vestige/bios/service.hpp"

#include "pc_fixture.hpp"
#include "service_matrix.hpp"

#include <set>

namespace vestige::bios {
namespace {

std::map<std::string_view, const Service*> rows_by_id() {
    std::map<std::string_view, const Service*> found;
    const auto take = [&found](std::span<const Service> rows) {
        for (const Service& row : rows)
            if (!row.id.empty()) {
                EXPECT_TRUE(found.emplace(row.id, &row).second) << row.id << " twice";
            }
    };
    std::set<const FunctionTable*> tables;
    for (const Interrupt& interrupt : interrupts)
        if (interrupt.functions != nullptr && tables.insert(interrupt.functions).second)
            take(interrupt.functions->rows);
    take(plain_services());
    take(structures());
    return found;
}

TEST(Coverage, EveryRowOfTheMatrixIsInTheTableAndNoOther) {
    EXPECT_EQ(test::service_matrix.size(), 274U);
    auto rows = rows_by_id();
    for (const test::MatrixRow& each : test::service_matrix)
        EXPECT_EQ(rows.erase(each.id), 1U) << each.id << ' ' << each.service;
    for (const auto& [id, row] : rows)
        ADD_FAILURE() << id << " is in no matrix";
}

TEST(Coverage, WhatLoadersNeedIsServed) {
    const auto rows = rows_by_id();
    for (const test::MatrixRow& each : test::service_matrix) {
        if (each.tier == test::Tier::must) {
            EXPECT_NE(rows.at(each.id)->state, State::refused) << each.id;
        }
    }
}

TEST(Coverage, RowsAreFoundByTheRegistersThatChooseThem) {
    for (unsigned i = 0; i < 256; ++i) {
        const FunctionTable* const table = interrupts[i].functions;
        if (table == nullptr)
            continue;
        for (const Service& row : table->rows) {
            const u8 ah = static_cast<u8>(row.selector >> 8);
            const u8 low = static_cast<u8>(row.selector);
            const u8 al = row.match == Match::ax ? low : 0x77;
            const u8 bl = row.match == Match::ah_bl ? low : 0x77;
            EXPECT_EQ(find_service(*table, ah, al, bl), &row) << row.id;
        }
    }
}

TEST(Coverage, UnknownFunctionsAreNotFound) {
    EXPECT_EQ(find_service(system_services, 0x24, 0x04, 0), nullptr);
    EXPECT_EQ(find_service(system_services, 0xff, 0, 0), nullptr);
    EXPECT_EQ(find_service(video_services, 0x12, 0, 0x37), nullptr);
    EXPECT_EQ(find_service(time_services, 0xb1, 0x55, 0)->state, State::refused);
}

TEST(Coverage, ServedRowsHaveAHandler) {
    for (unsigned i = 0; i < 256; ++i)
        if (const FunctionTable* const table = interrupts[i].functions)
            for (const Service& row : table->rows) {
                EXPECT_TRUE(row.state == State::refused || row.handler != nullptr) << row.id;
            }
}

} // namespace
} // namespace vestige::bios
