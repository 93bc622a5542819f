// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/exception_combining.hpp"

#include <gtest/gtest.h>

namespace vestige::cpu {
namespace {

const Event benign = fault(exception::ud);
const Event contributory = fault(exception::gp, 8);
const Event page = fault(exception::pf, 2);
const Event twice = fault(exception::df, 0);

TEST(Combine, TableOfTheManual) {
    EXPECT_EQ(combine(benign, contributory), contributory);
    EXPECT_EQ(combine(benign, page), page);
    EXPECT_EQ(combine(contributory, benign), benign);
    EXPECT_EQ(combine(contributory, contributory), twice);
    EXPECT_EQ(combine(contributory, page), page);
    EXPECT_EQ(combine(page, benign), benign);
    EXPECT_EQ(combine(page, contributory), twice);
    EXPECT_EQ(combine(page, page), twice);
    EXPECT_EQ(combine(twice, contributory), std::nullopt);
    EXPECT_EQ(combine(twice, page), std::nullopt);
    EXPECT_EQ(combine(twice, benign), benign);
}

TEST(Combine, ContributoryVectors) {
    for (unsigned vector = 0; vector < 32; ++vector) {
        const bool expected =
            vector == 0 || vector == 10 || vector == 11 || vector == 12 || vector == 13;
        const Event event = fault(Vector{static_cast<u8>(vector)});
        EXPECT_EQ(exception_class(event) == ExceptionClass::contributory, expected) << vector;
    }
}

TEST(Combine, InterruptsAreBenignWhateverTheirVector) {
    const Event interrupt{EventType::external_interrupt, Vector{13}, {}, 0};
    const Event software{EventType::software_interrupt, Vector{14}, {}, 2};
    EXPECT_EQ(combine(interrupt, contributory), contributory);
    EXPECT_EQ(combine(software, page), page);
}

} // namespace
} // namespace vestige::cpu
