// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/virtio_block.hpp"

#include "storage_fixture.hpp"

#include <gtest/gtest.h>
#include <string>

namespace vestige::devices {
namespace {

constexpr u16 next_flag = 1, write_flag = 2, indirect_flag = 4;

class VirtioTest : public testing::Test, protected test::StoragePc {
  protected:
    static constexpr u32 at = 3 << 11;
    static constexpr u64 table = 0x10000, available = 0x10800, used = 0x11000;
    static constexpr u64 header = 0x20000, data = 0x21000, status = 0x20800;
    static constexpr u64 registers = 0xe0000000;

    void SetUp() override {
        disk_.connect(medium, 2);
        ASSERT_TRUE(pci.add(disk_));
        pci.reset();
        config(at + 0x10, 0xc100);
        config(at + 0x20, registers);
        config(at + 4, 7);
    }
    /// As a legacy driver.
    void start_legacy() {
        out(0xc112, 0);
        out(0xc112, 3);
        out(0xc104, in(0xc100, Width::dword), Width::dword);
        out(0xc10e, 0, Width::word);
        ASSERT_EQ(in(0xc10c, Width::word), 128U);
        out(0xc108, table >> 12, Width::dword);
        out(0xc112, 7);
    }
    u64 reg(u64 offset, Width width) { return mmio.read(Gpa{registers + offset}, width); }
    void reg(u64 offset, Width width, u64 value) {
        mmio.write(Gpa{registers + offset}, width, value);
    }
    void start_modern() {
        reg(20, Width::byte, 0);
        reg(20, Width::byte, 3);
        reg(8, Width::dword, 0);
        reg(12, Width::dword, 0x10000240);
        reg(8, Width::dword, 1);
        reg(12, Width::dword, 1);
        reg(20, Width::byte, 0x0b);
        ASSERT_EQ(reg(20, Width::byte), 0x0bU);
        reg(24, Width::word, 16);
        reg(32, Width::qword, table);
        reg(40, Width::dword, available);
        reg(44, Width::dword, 0);
        reg(48, Width::qword, used);
        reg(28, Width::word, 1);
        reg(20, Width::byte, 0x0f);
    }
    void descriptor(u64 where, u64 address, u32 size, u16 flags, u16 next = 0) {
        memory.store<u64>(Gpa{where}, address);
        memory.store<u32>(Gpa{where + 8}, size);
        memory.store<u16>(Gpa{where + 12}, flags);
        memory.store<u16>(Gpa{where + 14}, next);
    }
    /// A request of three descriptors from 0 on.
    void request(u32 type, u64 sector, u32 size, bool device_writes) {
        memory.store<u32>(Gpa{header}, type);
        memory.store<u64>(Gpa{header + 8}, sector);
        memory.store<u8>(Gpa{status}, 0xee);
        descriptor(table, header, 16, next_flag, 1);
        descriptor(table + 16, data, size,
                   static_cast<u16>(next_flag | (device_writes ? write_flag : 0)), 2);
        descriptor(table + 32, status, 1, write_flag);
    }
    void offer(u16 head = 0) {
        const u16 index = memory.load<u16>(Gpa{available + 2});
        memory.store<u16>(Gpa{available + 4 + 2ULL * (index % 16)}, head);
        memory.store<u16>(Gpa{available + 2}, static_cast<u16>(index + 1));
        reg(0x3000, Width::word, 0);
    }
    u8 result() { return memory.load<u8>(Gpa{status}); }
    std::vector<std::byte> at_data(std::size_t size) {
        return {ram.begin() + data, ram.begin() + data + static_cast<long>(size)};
    }

    struct Messages final : machine::MessageSink {
        void message(u64 address, u32 data) override { sent.emplace_back(address, data); }
        std::vector<std::pair<u64, u32>> sent;
    };
    static constexpr u64 message_table = 0xe0010000;
    static constexpr u32 message_capability = 0x98;
    /// As a driver sets messages up: entry 0 for the configuration, 1 for the queue.
    void enable_messages() {
        config(at + 0x14, message_table);
        for (u32 i = 0; i < 2; ++i) {
            mmio.write(Gpa{message_table + 16 * i}, Width::qword, 0xfee00000);
            mmio.write(Gpa{message_table + 16 * i + 8}, Width::dword, 0x41 + i);
            mmio.write(Gpa{message_table + 16 * i + 12}, Width::dword, 0);
        }
        config(at + message_capability, 0x80000000);
    }

    test::FakeMedium medium{500, 512};
    Messages messages;
    VirtioBlock disk_{3, memory, &messages};
};

TEST_F(VirtioTest, IsFoundOnPci) {
    EXPECT_EQ(config(at), 0x10011af4U);
    EXPECT_EQ(config(at + 0x2c), 0x00021af4U);
    EXPECT_EQ(config(at + 0x3c) >> 8 & 0xff, 1U);
    EXPECT_EQ(config(at + 4) >> 16 & 0x10, 0x10U);
    std::string types;
    for (u32 cap = config(at + 0x34) & 0xff; cap != 0; cap = config(at + cap) >> 8 & 0xff) {
        if ((config(at + cap) & 0xff) == MsixTable::capability) {
            types += 'm';
            EXPECT_EQ(config(at + cap) >> 16, 1U); // two vectors, off
            continue;
        }
        EXPECT_EQ(config(at + cap) & 0xff, 0x09U);
        types += static_cast<char>('0' + (config(at + cap) >> 24));
    }
    EXPECT_EQ(types, "13425m");
    EXPECT_EQ(in(0xc114, Width::dword), 500U);
    EXPECT_EQ(reg(0x2000, Width::qword), 500U);
    EXPECT_EQ(reg(0x2014, Width::dword), 512U);
}

TEST_F(VirtioTest, ModernDriverGetsMessages) {
    enable_messages();
    start_modern();
    reg(26, Width::word, 2);
    EXPECT_EQ(reg(26, Width::word), 0xffffU) << "there is no third vector";
    request(0, 7, 512, true);
    offer();
    EXPECT_TRUE(messages.sent.empty()) << "none was chosen";
    reg(16, Width::word, 0);
    reg(26, Width::word, 1);
    EXPECT_EQ(reg(26, Width::word), 1U);
    offer();
    EXPECT_EQ(messages.sent, (std::vector<std::pair<u64, u32>>{{0xfee00000, 0x42}}));
    EXPECT_EQ(reg(0x1000, Width::byte), 0U) << "the interrupt status is for INTA#";
    EXPECT_FALSE(lines.levels[18]);
    // Behind a mask it waits, and goes when the mask does.
    messages.sent.clear();
    mmio.write(Gpa{message_table + 28}, Width::dword, 1);
    offer();
    offer();
    EXPECT_EQ(mmio.read(Gpa{message_table + 0x800}, Width::dword), 2U);
    EXPECT_TRUE(messages.sent.empty());
    mmio.write(Gpa{message_table + 28}, Width::dword, 0);
    EXPECT_EQ(messages.sent.size(), 1U);
    EXPECT_EQ(mmio.read(Gpa{message_table + 0x800}, Width::dword), 0U);
    config(at + message_capability, 0xc0000000);
    offer();
    EXPECT_EQ(messages.sent.size(), 1U);
    config(at + message_capability, 0x80000000);
    EXPECT_EQ(messages.sent.size(), 2U);
    // An address that is no local APIC's goes nowhere and is reported.
    mmio.write(Gpa{message_table + 16}, Width::qword, 0x1000);
    offer();
    EXPECT_EQ(messages.sent.size(), 2U);
    EXPECT_EQ(disk_.refusals(), 1U);
    // A queue that cannot be is told by the message of the configuration.
    memory.store<u16>(Gpa{available + 2}, 999);
    reg(0x3000, Width::word, 0);
    EXPECT_EQ(messages.sent.back(), (std::pair<u64, u32>{0xfee00000, 0x41}));
    EXPECT_EQ(reg(20, Width::byte), 0x4fU);
}

TEST_F(VirtioTest, LegacyRegistersMoveWhileMessagesAreEnabled) {
    EXPECT_EQ(in(0xc114, Width::dword), 500U);
    enable_messages();
    EXPECT_EQ(in(0xc114, Width::dword), 0xffffffffU);
    EXPECT_EQ(in(0xc118, Width::dword), 500U);
    start_legacy();
    out(0xc114, 0, Width::word);
    out(0xc116, 1, Width::word);
    EXPECT_EQ(in(0xc114, Width::dword), 0x00010000U);
    request(0, 7, 1024, true);
    memory.store<u16>(Gpa{available + 4}, 0);
    memory.store<u16>(Gpa{available + 2}, 1);
    out(0xc110, 0, Width::word);
    EXPECT_EQ(messages.sent, (std::vector<std::pair<u64, u32>>{{0xfee00000, 0x42}}));
    EXPECT_EQ(in(0xc113), 0U);
    config(at + message_capability, 0);
    EXPECT_EQ(in(0xc114, Width::dword), 500U);
}

TEST_F(VirtioTest, MessageTableTakesWholeRegistersOnly) {
    enable_messages();
    EXPECT_EQ(mmio.read(Gpa{message_table + 16}, Width::qword), 0xfee00000U);
    EXPECT_EQ(mmio.read(Gpa{message_table + 24}, Width::byte), 0x42U);
    mmio.write(Gpa{message_table + 24}, Width::byte, 0x99);
    EXPECT_EQ(mmio.read(Gpa{message_table + 24}, Width::dword), 0x42U);
    mmio.write(Gpa{message_table + 0x20}, Width::dword, ~u64{0});
    EXPECT_EQ(mmio.read(Gpa{message_table + 0x20}, Width::dword), 0U);
}

TEST_F(VirtioTest, LegacyDriverReads) {
    start_legacy();
    constexpr u64 legacy_used = table + 0x1000;
    request(0, 7, 1024, true);
    memory.store<u16>(Gpa{available + 4}, 0);
    memory.store<u16>(Gpa{available + 2}, 1);
    out(0xc110, 0, Width::word);
    EXPECT_EQ(result(), 0);
    EXPECT_TRUE(std::equal(medium.bytes.begin() + 7 * 512, medium.bytes.begin() + 9 * 512,
                           ram.begin() + data));
    EXPECT_EQ(memory.load<u16>(Gpa{legacy_used + 2}), 1);
    EXPECT_EQ(memory.load<u32>(Gpa{legacy_used + 8}), 1025U);
    EXPECT_TRUE(lines.levels[18]) << "slot 3 INTA# is PIRQC";
    EXPECT_EQ(in(0xc113), 1U);
    EXPECT_FALSE(lines.levels[18]);
    EXPECT_EQ(in(0xc113), 0U);
}

TEST_F(VirtioTest, ModernDriverReadsAndWrites) {
    start_modern();
    request(0, 499, 512, true);
    offer();
    EXPECT_EQ(result(), 0);
    EXPECT_EQ(at_data(512), medium.sector(499));
    EXPECT_EQ(memory.load<u16>(Gpa{used + 2}), 1);
    EXPECT_EQ(reg(0x1000, Width::byte), 1U);
    std::fill_n(ram.begin() + data, 1024, std::byte{0x42});
    request(1, 10, 1024, false);
    offer();
    EXPECT_EQ(result(), 0);
    EXPECT_EQ(medium.sector(11), std::vector<std::byte>(512, std::byte{0x42}));
    EXPECT_EQ(memory.load<u32>(Gpa{used + 4 + 8 + 4}), 1U);
    memory.store<u16>(Gpa{available}, 1); // no interrupts
    static_cast<void>(reg(0x1000, Width::byte));
    request(4, 0, 0, true);
    offer();
    EXPECT_EQ(result(), 0);
    EXPECT_FALSE(lines.levels[18]);
    request(8, 0, 20, true);
    offer();
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(&ram[data])), "VGVD0002");
    request(99, 0, 0, true);
    offer();
    EXPECT_EQ(result(), 2);
}

TEST_F(VirtioTest, ScatteredSegmentsAndIndirectTables) {
    start_modern();
    memory.store<u32>(Gpa{header}, 0);
    memory.store<u64>(Gpa{header + 8}, 30);
    constexpr u64 list = 0x22000;
    descriptor(list, header, 10, next_flag, 1); // even the header in two pieces
    descriptor(list + 16, header + 10, 6, next_flag, 2);
    descriptor(list + 32, data, 100, next_flag | write_flag, 3);
    descriptor(list + 48, data + 0x1000, 924, next_flag | write_flag, 4);
    descriptor(list + 64, status, 1, write_flag);
    descriptor(table + 48, list, 80, indirect_flag);
    offer(3);
    EXPECT_EQ(result(), 0);
    const auto from = medium.bytes.begin() + 30 * 512;
    EXPECT_TRUE(std::equal(from, from + 100, ram.begin() + data));
    EXPECT_TRUE(std::equal(from + 100, from + 1024, ram.begin() + data + 0x1000));
}

TEST_F(VirtioTest, BadRequestsFail) {
    start_modern();
    request(0, 499, 1024, true);
    offer();
    EXPECT_EQ(result(), 1) << "past the end";
    request(0, ~u64{0}, 512, true);
    offer();
    EXPECT_EQ(result(), 1);
    request(0, 0, 100, true);
    offer();
    EXPECT_EQ(result(), 1) << "no whole sector";
    medium.locked = true;
    request(1, 0, 512, false);
    offer();
    EXPECT_EQ(result(), 1);
    EXPECT_EQ(reg(4, Width::dword) & 0x20, 0x20U);
    medium.bad = 4;
    request(0, 4, 512, true);
    offer();
    EXPECT_EQ(result(), 1);
    request(0, 0, 512, true);
    descriptor(table + 16, 0xf0000000, 512, next_flag | write_flag, 2);
    offer();
    EXPECT_EQ(result(), 1) << "the data are nowhere";
    EXPECT_GT(disk_.refusals(), 0U);
    EXPECT_EQ(disk_.status(), 0x0f);
}

TEST_F(VirtioTest, BadRingsStopTheDevice) {
    const auto stopped = [this] {
        const bool needs_reset = (reg(20, Width::byte) & 0x40) != 0;
        memory.store<u16>(Gpa{available + 2}, 0);
        start_modern();
        return needs_reset;
    };
    start_modern();
    EXPECT_FALSE(stopped());
    request(0, 0, 512, true);
    descriptor(table + 32, status, 1, next_flag | write_flag, 1); // a loop
    offer();
    EXPECT_TRUE(stopped());
    request(0, 0, 512, true);
    descriptor(table + 16, data, 512, next_flag | write_flag, 99);
    offer();
    EXPECT_TRUE(stopped());
    offer(16); // no such descriptor
    EXPECT_TRUE(stopped());
    memory.store<u16>(Gpa{available + 2}, 500); // more than the ring holds
    reg(0x3000, Width::word, 0);
    EXPECT_TRUE(stopped());
    descriptor(table, 0x22000, 16, indirect_flag);
    descriptor(0x22000, 0x22000, 16, indirect_flag); // a table in a table
    offer();
    EXPECT_TRUE(stopped());
    request(0, 0, 512, true);
    descriptor(table + 32, status, 1, 0); // read after write
    offer();
    EXPECT_TRUE(stopped());
    reg(20, Width::byte, 0);
    reg(32, Width::qword, 0xfffffffffffffff0);
    reg(40, Width::qword, 0xfffffffffffffff0);
    reg(28, Width::word, 1);
    reg(0x3000, Width::word, 0);
    EXPECT_TRUE(stopped());
}

TEST_F(VirtioTest, FeaturesThatWereNotOfferedAreRefused) {
    reg(20, Width::byte, 3);
    reg(8, Width::dword, 1);
    reg(12, Width::dword, 3); // bit 33
    reg(20, Width::byte, 0x0b);
    EXPECT_EQ(reg(20, Width::byte), 0x03U);
    reg(12, Width::dword, 0);
    reg(20, Width::byte, 0x0b);
    EXPECT_EQ(reg(20, Width::byte), 0x03U) << "1.0 is a feature too";
    reg(0, Width::dword, 1);
    EXPECT_EQ(reg(4, Width::dword), 1U) << "the high half is version 1.0";
    reg(24, Width::word, 100);
    EXPECT_EQ(reg(24, Width::word), 128U) << "sizes are powers of two";
    reg(22, Width::word, 1);
    EXPECT_EQ(reg(24, Width::word), 0U);
}

TEST_F(VirtioTest, WindowInConfigurationSpace) {
    const u32 window = at + 0x84;
    pci.write_config(window + 4, Width::byte, 4);
    config(window + 8, 0x2000);
    config(window + 12, 4);
    EXPECT_EQ(config(window + 16), 500U);
    config(window + 8, 20);
    config(window + 12, 1);
    pci.write_config(window + 16, Width::byte, 3);
    EXPECT_EQ(disk_.status(), 3);
}

} // namespace
} // namespace vestige::devices
