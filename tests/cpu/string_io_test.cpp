// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/string_io.hpp"

#include "guest_fixture.hpp"
#include "memory_bus_fake.hpp"

#include <memory>

namespace vestige::cpu {
namespace {

struct Counter final : machine::PortDevice {
    u32 read_port(Port, Width width) override {
        ++reads;
        return 0x01010101U * reads & static_cast<u32>(all_ones(width));
    }
    void write_port(Port, Width, u32 value) override { written.push_back(value); }
    u32 reads = 0;
    std::vector<u32> written;
};

class StringIoTest : public test::GuestFixture {
  protected:
    void SetUp() override {
        ASSERT_TRUE(ports->attach(Port{0x1f0}, 4, device, Width::dword));
        cpu.run_at({0x1000, 0x100}, {0x2000, 0x1000});
        cpu.load_real(SegmentName::es, 0x3000);
        cpu.load_real(SegmentName::ds, 0x4000);
    }
    Result<bool, Event> run(const StringIo& request, u32 most = 1024) {
        return string_io(access, bus, *ports, request, most);
    }
    std::unique_ptr<machine::PortBus> ports = std::make_unique<machine::PortBus>();
    Counter device;
    test::FakeBus bus{memory};
    StringIo in{.port = Port{0x1f0}, .width = Width::word, .in = true, .rep = true};
    StringIo out{.port = Port{0x1f0}, .width = Width::byte, .in = false, .rep = true};
};

TEST_F(StringIoTest, InputGoesToEsWhateverTheSegmentSays) {
    cpu.regs.set(Gpr::rcx, 0xffff0003);
    cpu.regs.set(Gpr::rdi, 0xeeee0010);
    in.segment = SegmentName::ds;
    EXPECT_TRUE(run(in).value());
    EXPECT_EQ(memory.load<u32>(Gpa{0x30010}), 0x02020101U);
    EXPECT_EQ(memory.load<u32>(Gpa{0x30014}), 0x00000303U);
    EXPECT_EQ(cpu.regs.get(Gpr::rcx), 0xffff0000U);
    EXPECT_EQ(cpu.regs.get(Gpr::rdi), 0xeeee0016U);
}

TEST_F(StringIoTest, OutputFromAnySegmentBackwards) {
    cpu.regs.rflags |= rflags::df;
    cpu.regs.set_word(Gpr::rcx, 3);
    cpu.regs.set_word(Gpr::rsi, 1);
    memory.store<u16>(Gpa{0x40000}, 0x2211);
    memory.store<u8>(Gpa{0x4ffff}, 0x33);
    EXPECT_TRUE(run(out).value());
    EXPECT_EQ(device.written, (std::vector<u32>{0x22, 0x11, 0x33}));
    EXPECT_EQ(cpu.regs.word(Gpr::rsi), 0xfffe);
    out.segment = SegmentName::es;
    out.rep = false;
    cpu.regs.set_word(Gpr::rsi, 0x10);
    memory.store<u8>(Gpa{0x30010}, 0x44);
    EXPECT_TRUE(run(out).value());
    EXPECT_EQ(device.written.back(), 0x44U);
    EXPECT_EQ(cpu.regs.word(Gpr::rsi), 0xf);
}

/// A port whose device moves blocks, and says so.
struct BlockPort final : machine::PortDevice {
    u32 read_port(Port, Width) override {
        ++single;
        return next++;
    }
    void write_port(Port, Width, u32 value) override {
        ++single;
        written.push_back(static_cast<u8>(value));
    }
    void read_string(Port, Width width, std::span<std::byte> out) override {
        EXPECT_EQ(out.size() % bytes(width), 0U);
        blocks.push_back(out.size());
        for (std::byte& each : out)
            each = static_cast<std::byte>(next++);
    }
    void write_string(Port, Width, std::span<const std::byte> data) override {
        blocks.push_back(data.size());
        for (const std::byte each : data)
            written.push_back(static_cast<u8>(each));
    }
    u8 next = 1;
    unsigned single = 0;
    std::vector<std::size_t> blocks;
    std::vector<u8> written;
};

TEST_F(StringIoTest, BlocksInRamGoToTheDeviceWhole) {
    BlockPort disk;
    ASSERT_TRUE(ports->attach(Port{0x170}, 8, disk, Width::dword));
    in.port = out.port = Port{0x170};
    cpu.regs.set_word(Gpr::rcx, 256);
    cpu.regs.set_word(Gpr::rdi, 0x20);
    EXPECT_TRUE(run(in).value());
    EXPECT_EQ(disk.blocks, (std::vector<std::size_t>{512}));
    EXPECT_EQ(disk.single, 0U);
    EXPECT_EQ(bus.count, 0U);
    EXPECT_EQ(memory.load<u32>(Gpa{0x30020}), 0x04030201U);
    EXPECT_EQ(memory.load<u16>(Gpa{0x3021e}), 0x00ffU);
    EXPECT_EQ(cpu.regs.word(Gpr::rdi), 0x220);
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 0);
    // Across a page: two blocks, here with an even number of bytes in the first.
    disk.blocks.clear();
    cpu.regs.set_word(Gpr::rcx, 256);
    cpu.regs.set_word(Gpr::rdi, 0xf80);
    EXPECT_TRUE(run(in).value());
    EXPECT_EQ(disk.blocks, (std::vector<std::size_t>{128, 384}));
    // A word that lies on two pages goes alone.
    disk.blocks.clear();
    cpu.regs.set_word(Gpr::rcx, 4);
    cpu.regs.set_word(Gpr::rdi, 0xffd);
    EXPECT_TRUE(run(in).value());
    EXPECT_EQ(disk.single, 1U);
    EXPECT_EQ(disk.blocks, (std::vector<std::size_t>{2, 4}));
    memory.store<u32>(Gpa{0x40100}, 0x44332211);
    cpu.regs.set_word(Gpr::rcx, 4);
    cpu.regs.set_word(Gpr::rsi, 0x100);
    EXPECT_TRUE(run(out).value());
    EXPECT_EQ(disk.written, (std::vector<u8>{0x11, 0x22, 0x33, 0x44}));
}

TEST_F(StringIoTest, BlocksEndAtTheLimitOfTheSegment) {
    BlockPort disk;
    ASSERT_TRUE(ports->attach(Port{0x170}, 8, disk, Width::dword));
    in.port = Port{0x170};
    cpu.regs.set_word(Gpr::rcx, 16);
    cpu.regs.set_word(Gpr::rdi, 0xfff9); // three words, then one that runs over the end
    EXPECT_EQ(run(in).error(), general_protection());
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 13);
    EXPECT_EQ(cpu.regs.word(Gpr::rdi), 0xffff);
    EXPECT_EQ(memory.load<u8>(Gpa{0x3ffff}), 0); // not touched
    // Backwards each repetition goes alone.
    disk.blocks.clear();
    disk.single = 0;
    cpu.regs.rflags |= rflags::df;
    cpu.regs.set_word(Gpr::rcx, 4);
    cpu.regs.set_word(Gpr::rdi, 0x100);
    EXPECT_TRUE(run(in).value());
    EXPECT_EQ(disk.single, 4U);
    EXPECT_TRUE(disk.blocks.empty());
    EXPECT_EQ(cpu.regs.word(Gpr::rdi), 0xf8);
}

TEST_F(StringIoTest, NothingHappensForACountOfZero) {
    cpu.regs.set(Gpr::rcx, 0x10000);
    EXPECT_TRUE(run(in).value());
    EXPECT_EQ(device.reads, 0U);
    in.address_size = Width::dword;
    EXPECT_FALSE(run(in, 16).value());
    EXPECT_EQ(device.reads, 16U);
}

TEST_F(StringIoTest, HugeCountsComeInChunks) {
    enter_protected();
    in.address_size = Width::dword;
    cpu.regs.set(Gpr::rcx, 0xffffffff);
    cpu.regs.set(Gpr::rdi, 0x1000);
    EXPECT_FALSE(run(in).value());
    EXPECT_EQ(cpu.regs.get(Gpr::rcx), 0xffffffffU - 1024);
    EXPECT_EQ(cpu.regs.get(Gpr::rdi), 0x1000U + 2048);
}

TEST_F(StringIoTest, FaultsComeBeforeThePortIsRead) {
    cpu.regs.set_word(Gpr::rcx, 4);
    cpu.regs.set_word(Gpr::rdi, 0xfffd);
    const auto result = run(in);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error(), general_protection());
    EXPECT_EQ(device.reads, 1U);
    EXPECT_EQ(cpu.regs.word(Gpr::rcx), 3);
    EXPECT_EQ(cpu.regs.word(Gpr::rdi), 0xffff);
}

TEST_F(StringIoTest, LinesOfAPageAreCrossedBytewise) {
    enter_protected();
    in.width = Width::dword;
    in.rep = false;
    in.address_size = Width::dword;
    cpu.regs.set(Gpr::rdi, 0x1ffe);
    EXPECT_TRUE(run(in).value());
    EXPECT_EQ(memory.load<u32>(Gpa{0x1ffe}), 0x01010101U);
    EXPECT_EQ(bus.count, 4U);
}

} // namespace
} // namespace vestige::cpu
