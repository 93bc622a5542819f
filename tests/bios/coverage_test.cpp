// SPDX-License-Identifier: BSD-2-Clause
// The dispatch table against the matrix of BIOS services.
#include "service_matrix.hpp"
#include "service_rows.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

using test::rows_by_id;

TEST(Coverage, EveryRowOfTheMatrixIsInTheTableAndNoOther) {
    EXPECT_EQ(test::service_matrix.size(), 274U);
    auto rows = rows_by_id();
    for (const test::MatrixRow& each : test::service_matrix)
        EXPECT_EQ(rows.erase(each.id), 1U) << each.id << ' ' << each.service;
    for (const auto& [id, row] : rows)
        ADD_FAILURE() << id << " is in no matrix";
}

bool is_served(const test::ServiceRow& row) {
    return row.service->state != State::refused;
}

TEST(Coverage, WhatLoadersOrTheOtherBiosesHaveIsServedOrCannotBe) {
    const auto rows = rows_by_id();
    for (const test::MatrixRow& each : test::service_matrix) {
        const bool wanted = each.tier != test::Tier::never || each.seabios == 'I' ||
                            each.rombios == 'I';
        EXPECT_TRUE(!wanted || is_served(rows.at(each.id)) ||
                    !test::why_refused(each.id).empty())
            << each.id;
    }
}

TEST(Coverage, WhatLoadersMustHaveIsServed) {
    const auto rows = rows_by_id();
    for (const test::MatrixRow& each : test::service_matrix)
        if (each.tier == test::Tier::must) {
            EXPECT_TRUE(is_served(rows.at(each.id))) << each.id;
        }
}

TEST(Coverage, MoreRowsAreServedThanByAnyOther) {
    const auto rows = rows_by_id();
    long served = 0, seabios = 0;
    for (const test::MatrixRow& each : test::service_matrix) {
        served += is_served(rows.at(each.id)) ? 1 : 0;
        seabios += each.seabios == 'I' ? 1 : 0;
    }
    // FOSSIL and the extended functions, 15/84, 15/E881, media types, El Torito.
    constexpr long named_besides = 20;
    EXPECT_GE(served, seabios + named_besides);
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
