// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/page_walk.hpp"

#include "guest_fixture.hpp"

namespace vestige::cpu {
namespace {

namespace pfe = page_fault_error;

class PageWalkTest : public test::GuestFixture {
  protected:
    static constexpr u64 directory = 0x10000;
    static constexpr u64 table = 0x11000;
    static constexpr u64 pointers = 0x12000;
    static constexpr u64 top = 0x13000;

    void use_legacy() {
        enter_protected();
        cpu.cr0_value |= cr0::pg;
        cpu.cr3_value = directory;
        memory.store<u32>(Gpa{directory}, table | 7);
    }
    void use_pae() {
        enter_protected();
        cpu.cr0_value |= cr0::pg;
        cpu.cr4_value |= cr4::pae;
        cpu.efer_value |= efer::nxe;
        cpu.cr3_value = pointers;
        memory.store<u64>(Gpa{pointers}, directory | 1);
        memory.store<u64>(Gpa{directory}, table | 7);
    }
    void use_long() {
        use_pae();
        cpu.efer_value |= efer::lme | efer::lma;
        cpu.cr3_value = top;
        memory.store<u64>(Gpa{top}, pointers | 7);
        memory.store<u64>(Gpa{pointers}, directory | 7);
    }
    Result<Gpa, PageFault> walk(u64 address, AccessKind kind = AccessKind::read,
                                Privilege privilege = Privilege::supervisor) {
        return translate(cpu, path, Linear{address}, {kind, privilege});
    }
    void expect_at(u64 address, u64 physical, AccessKind kind = AccessKind::read,
                   Privilege privilege = Privilege::supervisor) {
        const auto found = walk(address, kind, privilege);
        ASSERT_TRUE(found.ok()) << std::hex << address << " error " << found.error().error_code;
        EXPECT_EQ(found.value(), Gpa{physical});
    }
    void expect_fault(u64 address, u32 code, AccessKind kind = AccessKind::read,
                      Privilege privilege = Privilege::supervisor) {
        const auto found = walk(address, kind, privilege);
        ASSERT_FALSE(found.ok()) << std::hex << address;
        EXPECT_EQ(found.error(), (PageFault{Linear{address}, code}));
    }
};

TEST_F(PageWalkTest, WithoutPagingAddressesAreThemselvesButForA20) {
    expect_at(0x123456, 0x123456);
    a20.set(false);
    expect_at(0x123456, 0x023456);
}

TEST_F(PageWalkTest, LegacyPagesAndFourMegabytePages) {
    use_legacy();
    memory.store<u32>(Gpa{table + 4 * 5}, 0x00345007);
    expect_at(0x5678, 0x345678);
    expect_fault(0x6000, 0);
    memory.store<u32>(Gpa{directory + 4}, 0x00c00087 | 0x2000);
    cpu.cr4_value = cr4::pse;
    expect_at(0x412345, 0x100c12345);
    memory.store<u32>(Gpa{directory + 4}, 0x00c00087 | 0x20000);
    expect_fault(0x412345, pfe::present | pfe::reserved);
    cpu.cr4_value = 0;
    memory.store<u32>(Gpa{directory + 4}, table | 0x87);
    expect_at(0x405678, 0x345678);
}

TEST_F(PageWalkTest, PaePagesLargePagesAndReservedBits) {
    use_pae();
    memory.store<u64>(Gpa{table + 8 * 5}, 0x700345007);
    expect_at(0x5678, 0x700345678);
    memory.store<u64>(Gpa{directory + 8}, 0x800600087);
    expect_at(0x312345, 0x800712345);
    memory.store<u64>(Gpa{directory + 8}, 0x800602087);
    expect_fault(0x312345, pfe::present | pfe::reserved);
    memory.store<u64>(Gpa{table + 8 * 5}, bit(36) | 0x345007);
    expect_fault(0x5678, pfe::present | pfe::reserved);
    memory.store<u64>(Gpa{table + 8 * 5}, bit(52) | 0x345007);
    expect_fault(0x5678, pfe::present | pfe::reserved);
    expect_fault(0x40000000, 0);
}

TEST_F(PageWalkTest, FourLevelPagesAndGigabytePages) {
    use_long();
    memory.store<u64>(Gpa{table + 8 * 5}, bit(52) | 0x345007);
    expect_at(0x5678, 0x345678);
    memory.store<u64>(Gpa{pointers + 8}, 0x40000087);
    expect_fault(0x52345678, pfe::present | pfe::reserved);
    path.huge_pages = true;
    expect_at(0x52345678, 0x52345678);
    memory.store<u64>(Gpa{top + 8 * 511}, pointers | 0x87);
    expect_fault(0xffffff8000000000, pfe::present | pfe::reserved);
    memory.store<u64>(Gpa{top + 8 * 511}, pointers | 7);
    expect_at(0xffffff8000005678, 0x345678);
}

TEST_F(PageWalkTest, WriteProtection) {
    use_legacy();
    memory.store<u32>(Gpa{table + 4}, 0x1005);
    expect_at(0x1000, 0x1000, AccessKind::write);
    expect_fault(0x1000, pfe::present | pfe::write | pfe::user, AccessKind::write, Privilege::user);
    cpu.cr0_value |= cr0::wp;
    expect_fault(0x1000, pfe::present | pfe::write, AccessKind::write);
    memory.store<u32>(Gpa{table + 4}, 0x1007);
    memory.store<u32>(Gpa{directory}, table | 5);
    expect_fault(0x1000, pfe::present | pfe::write, AccessKind::write);
}

TEST_F(PageWalkTest, UserAccessNeedsUserPagesAtEveryLevel) {
    use_legacy();
    memory.store<u32>(Gpa{table + 4}, 0x1003);
    expect_fault(0x1000, pfe::present | pfe::user, AccessKind::read, Privilege::user);
    memory.store<u32>(Gpa{table + 4}, 0x1007);
    expect_at(0x1000, 0x1000, AccessKind::write, Privilege::user);
    memory.store<u32>(Gpa{directory}, table | 3);
    expect_fault(0x1000, pfe::present | pfe::user, AccessKind::read, Privilege::user);
    expect_at(0x1000, 0x1000, AccessKind::read, Privilege::implicit_system);
}

TEST_F(PageWalkTest, NoExecuteSmepAndSmap) {
    use_long();
    memory.store<u64>(Gpa{table + 8}, bit(63) | 0x1007);
    expect_fault(0x1000, pfe::present | pfe::fetch, AccessKind::execute);
    expect_at(0x1000, 0x1000);
    cpu.efer_value &= ~efer::nxe;
    expect_fault(0x1000, pfe::present | pfe::reserved, AccessKind::execute);
    memory.store<u64>(Gpa{table + 8}, 0x1007);
    expect_at(0x1000, 0x1000, AccessKind::execute);
    cpu.cr4_value |= cr4::smep;
    expect_fault(0x1000, pfe::present | pfe::fetch, AccessKind::execute);
    expect_at(0x1000, 0x1000, AccessKind::execute, Privilege::user);
    cpu.cr4_value |= cr4::smap;
    expect_fault(0x1000, pfe::present);
    cpu.regs.rflags |= rflags::ac;
    expect_at(0x1000, 0x1000);
    expect_fault(0x1000, pfe::present, AccessKind::read, Privilege::implicit_system);
}

TEST_F(PageWalkTest, AccessedAndDirtyBitsAreSetOnSuccessOnly) {
    use_long();
    memory.store<u64>(Gpa{table + 8}, 0x1005);
    cpu.cr0_value |= cr0::wp;
    expect_fault(0x1000, pfe::present | pfe::write, AccessKind::write);
    EXPECT_EQ(memory.load<u64>(Gpa{top}), pointers | 7);
    EXPECT_EQ(memory.load<u64>(Gpa{table + 8}), 0x1005U);
    expect_at(0x1000, 0x1000);
    EXPECT_EQ(memory.load<u64>(Gpa{top}), pointers | 0x27);
    EXPECT_EQ(memory.load<u64>(Gpa{directory}), table | 0x27);
    EXPECT_EQ(memory.load<u64>(Gpa{table + 8}), 0x1025U);
    memory.store<u64>(Gpa{table + 8}, 0x1007);
    ASSERT_TRUE(
        translate(cpu, path, Linear{0x1000}, {AccessKind::write, Privilege::user}, WalkEffect::none)
            .ok());
    EXPECT_EQ(memory.load<u64>(Gpa{table + 8}), 0x1007U);
    expect_at(0x1000, 0x1000, AccessKind::write);
    EXPECT_EQ(memory.load<u64>(Gpa{table + 8}), 0x1067U);
}

TEST_F(PageWalkTest, PageTablesInAbsentMemoryReadAsOnes) {
    use_legacy();
    cpu.cr3_value = 0x80000000;
    const auto found = walk(0x1234);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found.value(), Gpa{0xfffff234});
    use_long();
    cpu.cr3_value = 0x80000000;
    expect_fault(0x1234, pfe::present | pfe::reserved);
}

TEST_F(PageWalkTest, A20MasksPageTablesToo) {
    use_legacy();
    memory.store<u32>(Gpa{table + 4}, 0x00101007);
    cpu.cr3_value = directory | 0x100000;
    a20.set(false);
    expect_at(0x1000, 0x1000);
}

} // namespace
} // namespace vestige::cpu
