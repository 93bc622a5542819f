// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/linear_access.hpp"

#include "guest_fixture.hpp"

namespace vestige::cpu {
namespace {

class LinearAccessTest : public test::GuestFixture {
  protected:
    void expect_refused(SegmentName segment, u64 offset, u64 size, AccessKind kind,
                        const Event& event) {
        const auto found = access.linear(segment, offset, size, kind);
        ASSERT_FALSE(found.ok()) << std::hex << offset;
        EXPECT_EQ(found.error(), event);
    }
    void expect_linear(SegmentName segment, u64 offset, u64 size, u64 address,
                       AccessKind kind = AccessKind::read) {
        const auto found = access.linear(segment, offset, size, kind);
        ASSERT_TRUE(found.ok()) << std::hex << offset;
        EXPECT_EQ(found.value(), Linear{address});
    }
};

TEST_F(LinearAccessTest, RealModeOperandsDoNotWrapInsideASegment) {
    cpu.load_real(SegmentName::ds, 0x1000);
    expect_linear(SegmentName::ds, 0xffff, 1, 0x1ffff);
    expect_refused(SegmentName::ds, 0xffff, 2, AccessKind::read, general_protection());
    expect_refused(SegmentName::ds, 0x10000, 1, AccessKind::read, general_protection());
    expect_refused(SegmentName::ss, 0xffff, 2, AccessKind::write, fault(exception::ss, 0));
    expect_linear(SegmentName::cs, 0x10, 2, 0xf0010, AccessKind::write);
}

TEST_F(LinearAccessTest, UnrealSegmentsReachTheirLimit) {
    cpu.load_real(SegmentName::ds, 0);
    cpu.at(SegmentName::ds).limit = 0xffffffff;
    expect_linear(SegmentName::ds, 0xb8000, 4, 0xb8000);
}

TEST_F(LinearAccessTest, BuffersWrapFromByteToByte) {
    cpu.load_real(SegmentName::es, 0x2000);
    const std::byte data[] = {std::byte{1}, std::byte{2}, std::byte{3}};
    ASSERT_TRUE(access.write_wrapping(SegmentName::es, 0xfffe, data).ok());
    EXPECT_EQ(memory.load<u16>(Gpa{0x2fffe}), 0x201);
    EXPECT_EQ(memory.load<u8>(Gpa{0x20000}), 3);
    std::byte back[3];
    ASSERT_TRUE(access.read_wrapping(SegmentName::es, 0xfffe, back).ok());
    EXPECT_EQ(std::to_integer<int>(back[2]), 3);
    cpu.at(SegmentName::es).limit = 0xfffe;
    memory.store<u8>(Gpa{0x2fffe}, 9);
    EXPECT_FALSE(access.write_wrapping(SegmentName::es, 0xfffe, data).ok());
    EXPECT_EQ(memory.load<u8>(Gpa{0x2fffe}), 9);
}

TEST_F(LinearAccessTest, TheHighMemoryAreaDependsOnA20) {
    cpu.load_real(SegmentName::es, 0xffff);
    memory.store<u16>(Gpa{0x100500}, 0x1111);
    memory.store<u16>(Gpa{0x000500}, 0x2222);
    EXPECT_EQ(access.load<u16>(SegmentName::es, 0x510).value(), 0x1111);
    a20.set(false);
    EXPECT_EQ(access.load<u16>(SegmentName::es, 0x510).value(), 0x2222);
}

TEST_F(LinearAccessTest, ProtectedModeTypesAndLimits) {
    enter_protected();
    cpu.at(SegmentName::ds).access_rights = 0xc091;
    expect_refused(SegmentName::ds, 0, 1, AccessKind::write, general_protection());
    expect_linear(SegmentName::ds, 0, 1, 0);
    cpu.at(SegmentName::fs).access_rights = 0xc099;
    expect_refused(SegmentName::fs, 0, 1, AccessKind::read, general_protection());
    expect_refused(SegmentName::cs, 0, 1, AccessKind::write, general_protection());
    cpu.at(SegmentName::gs).access_rights = access_rights_unusable;
    expect_refused(SegmentName::gs, 0, 1, AccessKind::read, general_protection());
    expect_linear(SegmentName::es, 0xfffffffc, 4, 0xfffffffc);
    expect_refused(SegmentName::es, 0xfffffffd, 4, AccessKind::read, general_protection());
}

TEST_F(LinearAccessTest, ExpandDownSegmentsBeginAboveTheirLimit) {
    enter_protected();
    cpu.at(SegmentName::ds) = {16, 0x1000, 0xfff, 0x0097};
    expect_refused(SegmentName::ds, 0xfff, 1, AccessKind::read, general_protection());
    expect_linear(SegmentName::ds, 0x1000, 2, 0x2000);
    expect_linear(SegmentName::ds, 0xffff, 1, 0x10fff);
    expect_refused(SegmentName::ds, 0xffff, 2, AccessKind::read, general_protection());
    cpu.at(SegmentName::ds).access_rights = 0x4097;
    expect_linear(SegmentName::ds, 0xffff, 2, 0x10fff);
    cpu.at(SegmentName::ds).limit = 0xffffffff;
    expect_refused(SegmentName::ds, 0, 1, AccessKind::read, general_protection());
}

TEST_F(LinearAccessTest, LongModeAddressesMustBeCanonical) {
    enter_long();
    cpu.at(SegmentName::ds).base = 0x5000;
    cpu.at(SegmentName::gs).base = 0x7000;
    expect_linear(SegmentName::ds, 0x1000, 8, 0x1000);
    expect_linear(SegmentName::gs, 0x1000, 8, 0x8000);
    expect_refused(SegmentName::ds, 0x7ffffffffff9, 8, AccessKind::read, general_protection());
    expect_linear(SegmentName::ds, 0x7ffffffffff8, 8, 0x7ffffffffff8);
    expect_refused(SegmentName::ss, u64{1} << 63, 8, AccessKind::read, fault(exception::ss, 0));
    expect_linear(SegmentName::ds, ~u64{0}, 1, ~u64{0});
}

TEST_F(LinearAccessTest, PageFaultsSetCr2AndWritesAreAllOrNothing) {
    enter_protected(3);
    cpu.cr0_value |= cr0::pg;
    cpu.cr3_value = 0x10000;
    memory.store<u32>(Gpa{0x10000}, 0x11007);
    memory.store<u32>(Gpa{0x11000 + 4 * 1}, 0x21007);
    memory.store<u32>(Gpa{0x11000 + 4 * 2}, 0x22005);
    const auto done = access.store<u32>(SegmentName::ds, 0x1ffe, 0x44332211);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error(), fault(exception::pf, 7));
    EXPECT_EQ(cpu.cr2_value, 0x2000U);
    EXPECT_EQ(memory.load<u16>(Gpa{0x21ffe}), 0);
    memory.store<u32>(Gpa{0x11000 + 4 * 2}, 0x33007);
    ASSERT_TRUE(access.store<u32>(SegmentName::ds, 0x1ffe, 0x44332211).ok());
    EXPECT_EQ(memory.load<u16>(Gpa{0x21ffe}), 0x2211);
    EXPECT_EQ(memory.load<u16>(Gpa{0x33000}), 0x4433);
    EXPECT_EQ(access.load<u32>(SegmentName::ds, 0x1ffe).value(), 0x44332211U);
}

TEST_F(LinearAccessTest, LinearAddressesWrapAtFourGigabytes) {
    enter_protected();
    memory.store<u8>(Gpa{0}, 0x5a);
    std::byte out[2];
    ASSERT_TRUE(access.read(Linear{0xffffffff}, out, Privilege::supervisor).ok());
    EXPECT_EQ(load_le<u16>(out, 0), 0x5aff);
}

TEST(Canonical, Boundaries) {
    EXPECT_TRUE(is_canonical(0x00007fffffffffff));
    EXPECT_FALSE(is_canonical(0x0000800000000000));
    EXPECT_FALSE(is_canonical(0xffff7fffffffffff));
    EXPECT_TRUE(is_canonical(0xffff800000000000));
}

TEST_F(LinearAccessTest, WhatTheCpuHasTranslatedNeedsNoWalk) {
    enter_long();
    constexpr Linear here{0x201234};
    const PageAccess read = access.data(AccessKind::read), write = access.data(AccessKind::write);
    access.know(here, Gpa{0xfee00234}, AccessKind::read);
    EXPECT_EQ(access.translate(Linear{0x201ffc}, read).value(), Gpa{0xfee00ffc});
    // Other kinds of access, other pages, and what the CPU does by itself are walked for.
    EXPECT_EQ(access.translate(here, write).value(), Gpa{0x201234});
    EXPECT_EQ(access.translate(here, access.data(AccessKind::execute)).value(), Gpa{0x201234});
    EXPECT_EQ(access.translate(Linear{0x202000}, read).value(), Gpa{0x202000});
    EXPECT_EQ(access.translate(Linear{0x200fff}, read).value(), Gpa{0x200fff});
    EXPECT_EQ(access.translate(here, {AccessKind::read, Privilege::implicit_system}).value(),
              Gpa{0x201234});
    access.know(here, Gpa{0xfee00234}, AccessKind::write);
    EXPECT_EQ(access.translate(here, write).value(), Gpa{0xfee00234});
    EXPECT_EQ(access.translate(here, read).value(), Gpa{0xfee00234});
}

} // namespace
} // namespace vestige::cpu
