// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/atapi_cd.hpp"

#include "storage_fixture.hpp"

#include <gtest/gtest.h>
#include <string>

namespace vestige::devices {
namespace {

using Bytes = std::vector<std::byte>;

class AtapiTest : public testing::Test, protected test::StoragePc {
  protected:
    void SetUp() override {
        ide.plug_cd(2, medium);
        power_on();
        out(0x176, 0xa0);
        static_cast<void>(packet({0})); // takes the unit attention
    }
    void send(std::initializer_list<u8> bytes, u16 limit, u8 features = 0) {
        out(0x171, features);
        out(0x174, limit & 0xff);
        out(0x175, limit >> 8);
        out(0x177, 0xa0);
        ASSERT_EQ(in(0x377), 0xffU); // no such port
        ASSERT_EQ(in(0x376) & 0x89, 0x08U);
        ASSERT_EQ(in(0x172), 1U);
        std::vector<u8> whole{bytes};
        whole.resize(12);
        for (std::size_t i = 0; i < 12; i += 2)
            out(0x170, whole[i] | u32{whole[i + 1]} << 8, Width::word);
    }
    /// All data of a packet command by PIO; blocks counts the interrupts for data.
    Bytes packet(std::initializer_list<u8> bytes, u16 limit = 0xfffe) {
        send(bytes, limit);
        Bytes data;
        blocks = 0;
        while ((in(0x376) & 0x08) != 0) {
            EXPECT_TRUE(lines.levels[15]);
            EXPECT_EQ(in(0x172), 2U);
            const u32 size = in(0x174) | in(0x175) << 8;
            EXPECT_LE(size, limit);
            static_cast<void>(in(0x177));
            ++blocks;
            for (u32 i = 0; i < size; i += 2) {
                const u32 value = in(0x170, Width::word);
                data.push_back(static_cast<std::byte>(value));
                if (i + 1 < size)
                    data.push_back(static_cast<std::byte>(value >> 8));
            }
        }
        EXPECT_TRUE(lines.levels[15]);
        EXPECT_EQ(in(0x172), 3U);
        status = in(0x177);
        EXPECT_FALSE(lines.levels[15]);
        return data;
    }
    /// Key, code and qualifier of the last failure.
    u32 sense() {
        const Bytes data = packet({3, 0, 0, 0, 18});
        if (data.size() != 18)
            return ~0U;
        return u32{static_cast<u8>(data[2])} << 16 | u32{static_cast<u8>(data[12])} << 8 |
               static_cast<u8>(data[13]);
    }

    test::FakeMedium medium{400, 2048};
    u32 status = 0;
    unsigned blocks = 0;
};

TEST_F(AtapiTest, SignatureTellsAPacketDevice) {
    out(0x376, 0x04);
    out(0x376, 0x00);
    EXPECT_EQ(in(0x177), 0U);
    EXPECT_EQ(in(0x172), 1U);
    EXPECT_EQ(in(0x174), 0x14U);
    EXPECT_EQ(in(0x175), 0xebU);
    out(0x174, 0);
    out(0x177, 0xec);
    EXPECT_EQ(in(0x177), 0x51U);
    EXPECT_EQ(in(0x171), 0x04U);
    EXPECT_EQ(in(0x174), 0x14U);
    out(0x177, 0xa1);
    EXPECT_EQ(in(0x177), 0x58U);
    EXPECT_EQ(in(0x170, Width::word), 0x85c0U);
    Bytes rest(510);
    ports->read_string(Port{0x170}, Width::word, rest);
    EXPECT_EQ(in(0x177), 0x50U);
    out(0x177, 0x08); // DEVICE RESET
    EXPECT_EQ(in(0x177), 0U);
    EXPECT_EQ(in(0x175), 0xebU);
}

TEST_F(AtapiTest, FirstCommandMeetsUnitAttention) {
    power_on();
    EXPECT_EQ(packet({0x12, 0, 0, 0, 36}).size(), 36U) << "INQUIRY is served all the same";
    static_cast<void>(packet({0}));
    EXPECT_EQ(status, 0x51U);
    EXPECT_EQ(in(0x171), 0x64U);
    EXPECT_EQ(sense(), 0x062900U);
    static_cast<void>(packet({0}));
    EXPECT_EQ(status, 0x50U);
    EXPECT_EQ(sense(), 0U);
}

TEST_F(AtapiTest, InquiryAndAllocationLength) {
    const Bytes data = packet({0x12, 0, 0, 0, 5});
    ASSERT_EQ(data.size(), 5U);
    EXPECT_EQ(data[0], std::byte{5});
    EXPECT_EQ(data[1], std::byte{0x80});
    EXPECT_TRUE(packet({0x12, 0, 0, 0, 0}).empty());
    EXPECT_EQ(status, 0x50U);
}

TEST_F(AtapiTest, CapacityAndToc) {
    EXPECT_EQ(packet({0x25}), (Bytes{std::byte{0}, std::byte{0}, std::byte{1}, std::byte{0x8f},
                                     std::byte{0}, std::byte{0}, std::byte{8}, std::byte{0}}));
    const Bytes toc = packet({0x43, 2, 0, 0, 0, 0, 0, 0, 20});
    ASSERT_EQ(toc.size(), 20U);
    EXPECT_EQ(toc[1], std::byte{18});
    EXPECT_EQ(toc[14], std::byte{0xaa});
    EXPECT_EQ(toc[17], std::byte{0}); // 550 frames: 0:07:25
    EXPECT_EQ(toc[18], std::byte{7});
    EXPECT_EQ(toc[19], std::byte{25});
    EXPECT_EQ(packet({0x43, 0, 1, 0, 0, 0, 0, 0, 12}).size(), 12U);
    EXPECT_TRUE(packet({0x43, 0, 0, 0, 0, 0, 5, 0, 12}).empty());
    EXPECT_EQ(sense(), 0x052400U);
}

TEST_F(AtapiTest, ReadsInBlocksOfTheHostsSize) {
    const Bytes data = packet({0x28, 0, 0, 0, 0, 7, 0, 0, 9}, 2048);
    EXPECT_EQ(blocks, 9U);
    ASSERT_EQ(data.size(), 9U * 2048);
    EXPECT_TRUE(std::equal(data.begin(), data.end(), medium.bytes.begin() + 7 * 2048));
    const Bytes odd = packet({0xa8, 0, 0, 0, 0, 1, 0, 0, 0, 2}, 1001);
    EXPECT_TRUE(std::equal(odd.begin(), odd.end(), medium.bytes.begin() + 2048));
    EXPECT_EQ(odd.size(), 4096U);
    EXPECT_EQ(packet({0x28, 0, 0, 0, 0, 0, 0, 0, 0}).size(), 0U);
    EXPECT_EQ(status, 0x50U);
}

TEST_F(AtapiTest, ReadsByDma) {
    memory.store<u32>(Gpa{0x1000}, 0x4000);
    memory.store<u32>(Gpa{0x1004}, 0x80001800);
    out(0xc00c, 0x1000, Width::dword);
    send({0x28, 0, 0, 0, 0, 3, 0, 0, 3}, 0, 1);
    EXPECT_FALSE(lines.levels[15]);
    out(0xc008, 0x09);
    EXPECT_TRUE(lines.levels[15]);
    EXPECT_EQ(in(0x172), 3U);
    EXPECT_EQ(in(0x177), 0x50U);
    EXPECT_TRUE(std::equal(ram.begin() + 0x4000, ram.begin() + 0x5800,
                           medium.bytes.begin() + 3 * 2048));
    out(0xc008, 0);
    send({0x12, 0, 0, 0, 36}, 0, 1);
    out(0xc008, 0x09);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(&ram[0x4008]), 8), "VESTIGE ");
}

TEST_F(AtapiTest, ErrorsAreSensed) {
    static_cast<void>(packet({0x28, 0, 0, 0, 1, 0x90, 0, 0, 1}));
    EXPECT_EQ(status, 0x51U);
    EXPECT_EQ(sense(), 0x052100U);
    static_cast<void>(packet({0xa8, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
    EXPECT_EQ(sense(), 0x052100U);
    medium.bad = 9;
    static_cast<void>(packet({0x28, 0, 0, 0, 0, 9, 0, 0, 1}));
    EXPECT_EQ(sense(), 0x031100U);
    static_cast<void>(packet({0xff}));
    EXPECT_EQ(sense(), 0x052000U);
    static_cast<void>(packet({0x2a, 0, 0, 0, 0, 0, 0, 0, 1})); // WRITE
    EXPECT_EQ(sense(), 0x052000U);
}

TEST_F(AtapiTest, TrayOpensUnlessItIsLocked) {
    static_cast<void>(packet({0x1e, 0, 0, 0, 1}));
    static_cast<void>(packet({0x1b, 0, 0, 0, 2}));
    EXPECT_EQ(sense(), 0x055302U);
    static_cast<void>(packet({0x1e, 0, 0, 0, 0}));
    static_cast<void>(packet({0x1b, 0, 0, 0, 2}));
    EXPECT_EQ(status, 0x50U);
    static_cast<void>(packet({0x25}));
    EXPECT_EQ(sense(), 0x023a00U);
    Bytes event = packet({0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8});
    ASSERT_EQ(event.size(), 8U);
    EXPECT_EQ(event[4], std::byte{3});
    EXPECT_EQ(event[5], std::byte{1});
    static_cast<void>(packet({0x1b, 0, 0, 0, 3}));
    static_cast<void>(packet({0}));
    EXPECT_EQ(sense(), 0x062800U);
    event = packet({0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8});
    EXPECT_EQ(event[4], std::byte{2});
    EXPECT_EQ(event[5], std::byte{2});
    EXPECT_EQ(packet({0x25}).size(), 8U);
}

TEST_F(AtapiTest, DescribesItself) {
    const Bytes pages = packet({0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 0xff});
    ASSERT_EQ(pages.size(), 8U + 8 + 22);
    EXPECT_EQ(pages[1], std::byte{36});
    EXPECT_EQ(pages[16], std::byte{0x2a});
    static_cast<void>(packet({0x5a, 0, 0x08, 0, 0, 0, 0, 0, 0xff}));
    EXPECT_EQ(sense(), 0x052400U);
    const Bytes features = packet({0x46, 0, 0, 0, 0, 0, 0, 1, 0});
    ASSERT_GT(features.size(), 16U);
    EXPECT_EQ(features[7], std::byte{8});
    EXPECT_EQ(static_cast<std::size_t>(features[3]), features.size() - 4);
    EXPECT_EQ(packet({0x46, 2, 0, 0x1e, 0, 0, 0, 1, 0}).size(), 16U);
    EXPECT_EQ(packet({0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8}).size(), 8U);
    EXPECT_EQ(packet({0x51, 0, 0, 0, 0, 0, 0, 0, 34}).size(), 34U);
    EXPECT_EQ(packet({0xbe, 0, 0, 0, 0, 5, 0, 0, 1, 0x10}).size(), 2048U);
    static_cast<void>(packet({0xbe, 0, 0, 0, 0, 5, 0, 0, 1, 0xf8}));
    EXPECT_EQ(sense(), 0x052400U);
}

} // namespace
} // namespace vestige::devices
