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
