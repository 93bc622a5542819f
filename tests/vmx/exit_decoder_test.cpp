// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/exit_decoder.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace vestige::vmx {
namespace {

struct ExitFields {
    u64 qualification = 0;
    u32 information = 0;
    u64 guest_physical = 0;
    u64 linear = 0;
};

vcpu::VmExit decode(u32 reason, const ExitFields& fields = {}, u64 rcx = 0) {
    VmcsImage vmcs;
    vmcs.write_any(field::exit_reason.encoding, reason);
    vmcs.write_any(field::exit_qualification.encoding, fields.qualification);
    vmcs.write_any(field::exit_instruction_information.encoding, fields.information);
    vmcs.write_any(field::guest_physical_address.encoding, fields.guest_physical);
    vmcs.write_any(field::guest_linear_address.encoding, fields.linear);
    return decode_exit(vmcs, reason, rcx);
}

TEST(ExitInfos, KnownReasonsHaveTheirNames) {
    EXPECT_STREQ(exit_info(18).name, "VMCALL");
    EXPECT_STREQ(exit_info(31).name, "RDMSR");
    EXPECT_STREQ(exit_info(48).name, "EPT violation");
    EXPECT_STREQ(exit_info(55).name, "XSETBV");
    EXPECT_STREQ(exit_info(67).name, "UMWAIT");
    EXPECT_STREQ(exit_info(74).name, "bus lock");
    EXPECT_EQ(exit_info(80).meaning, ExitMeaning::unexpected);
    EXPECT_EQ(exit_info(0xffff).meaning, ExitMeaning::unexpected);
}

TEST(DecodeExit, IoFromMeasuredQualifications) {
    const auto in = std::get<vcpu::IoExit>(decode(30, {.qualification = 0x90004b}));
    EXPECT_EQ(in.port, Port{0x90});
    EXPECT_EQ(in.width, Width::dword);
    EXPECT_TRUE(in.in);
    EXPECT_FALSE(in.string);
    const auto out = std::get<vcpu::IoExit>(decode(30, {.qualification = 0x990000}));
    EXPECT_EQ(out.port, Port{0x99});
    EXPECT_EQ(out.width, Width::byte);
    EXPECT_FALSE(out.in);
}

TEST(DecodeExit, StringIoHasSegmentSizeAndLinearAddress) {
    // REP OUTSB fs:[esi], 32-bit addresses.
    const ExitFields fields{
        .qualification = 0x970030, .information = 4u << 15 | 1u << 7, .linear = 0x12345};
    const auto outs = std::get<vcpu::IoExit>(decode(30, fields));
    EXPECT_TRUE(outs.string && outs.rep && !outs.in);
    EXPECT_EQ(outs.segment, cpu::SegmentName::fs);
    EXPECT_EQ(outs.address_size, Width::dword);
    EXPECT_EQ(outs.linear, Linear{0x12345});
    // INSW: ES whatever the information says.
    const auto ins =
        std::get<vcpu::IoExit>(decode(30, {.qualification = 0x970039, .information = 3u << 15}));
    EXPECT_EQ(ins.segment, cpu::SegmentName::es);
    EXPECT_EQ(ins.width, Width::word);
    EXPECT_EQ(ins.address_size, Width::word);
}

TEST(DecodeExit, ControlRegisters) {
    const auto to = std::get<vcpu::CrExit>(decode(28, {.qualification = 0x0304}));
    EXPECT_EQ(to.kind, vcpu::CrExit::Kind::mov_to);
    EXPECT_EQ(to.number, 4);
    EXPECT_EQ(to.gpr, cpu::Gpr::rbx);
    const auto from = std::get<vcpu::CrExit>(decode(28, {.qualification = 0x0f18}));
    EXPECT_EQ(from.kind, vcpu::CrExit::Kind::mov_from);
    EXPECT_EQ(from.number, 8);
    EXPECT_EQ(from.gpr, cpu::Gpr::r15);
    EXPECT_EQ(std::get<vcpu::CrExit>(decode(28, {.qualification = 0x20})).kind,
              vcpu::CrExit::Kind::clts);
    const auto lmsw = std::get<vcpu::CrExit>(decode(28, {.qualification = 0xfff10030}));
    EXPECT_EQ(lmsw.kind, vcpu::CrExit::Kind::lmsw);
    EXPECT_EQ(lmsw.lmsw_source, 0xfff1);
}

TEST(DecodeExit, DebugRegisters) {
    const auto to = std::get<vcpu::DrExit>(decode(29, {.qualification = 0x0107}));
    EXPECT_TRUE(to.write);
    EXPECT_EQ(to.number, 7);
    EXPECT_EQ(to.gpr, cpu::Gpr::rcx);
    EXPECT_FALSE(std::get<vcpu::DrExit>(decode(29, {.qualification = 0x16})).write);
}

TEST(DecodeExit, MemoryFromMeasuredQualifications) {
    const ExitFields read{.qualification = 0x181, .guest_physical = 0xfee00020, .linear = 0x20};
    const auto load = std::get<vcpu::MemoryExit>(decode(48, read));
    EXPECT_TRUE(load.read && !load.write && !load.fetch && load.linear_valid);
    EXPECT_EQ(load.address, Gpa{0xfee00020});
    EXPECT_EQ(load.linear, Linear{0x20});
    EXPECT_TRUE(std::get<vcpu::MemoryExit>(decode(48, {.qualification = 0x1aa})).write);
    EXPECT_TRUE(std::get<vcpu::MemoryExit>(decode(48, {.qualification = 0x184})).fetch);
    // A page walk's access: linear address known, but not what was accessed.
    EXPECT_FALSE(std::get<vcpu::MemoryExit>(decode(48, {.qualification = 0x81})).linear_valid);
}

TEST(DecodeExit, ApicAccessesAreAccessesToItsPage) {
    const auto read = std::get<vcpu::MemoryExit>(decode(44, {.qualification = 0x0390}));
    EXPECT_EQ(read.address, Gpa{0xfee00390});
    EXPECT_TRUE(read.read && !read.write && !read.fetch && !read.linear_valid);
    const auto write = std::get<vcpu::MemoryExit>(decode(44, {.qualification = 0x1030}));
    EXPECT_TRUE(!write.read && write.write && !write.fetch);
    EXPECT_EQ(write.address, Gpa{0xfee00030});
    EXPECT_TRUE(std::get<vcpu::MemoryExit>(decode(44, {.qualification = 0x2000})).fetch);
    EXPECT_EQ(std::get<vcpu::ApicWriteExit>(decode(56, {.qualification = 0x0b0})).offset, 0xb0);
    EXPECT_TRUE(std::holds_alternative<vcpu::PriorityExit>(decode(43)));
}

TEST(DecodeExit, Msrs) {
    const auto read = std::get<vcpu::MsrExit>(decode(31, {}, 0xffffffff'c0000080));
    EXPECT_EQ(read.index, 0xc0000080u);
    EXPECT_FALSE(read.write);
    EXPECT_TRUE(std::get<vcpu::MsrExit>(decode(32, {}, 0x1a0)).write);
}

TEST(DecodeExit, TaskSwitch) {
    const auto task = std::get<vcpu::TaskSwitchExit>(decode(9, {.qualification = 0xc0000028}));
    EXPECT_EQ(task.selector, 0x28);
    EXPECT_EQ(task.source, vcpu::TaskSwitchExit::Source::task_gate);
}

TEST(DecodeExit, PlainKinds) {
    EXPECT_TRUE(std::holds_alternative<vcpu::HypercallExit>(decode(18)));
    EXPECT_TRUE(std::holds_alternative<vcpu::CpuidExit>(decode(10)));
    EXPECT_TRUE(std::holds_alternative<vcpu::HaltExit>(decode(12)));
    EXPECT_TRUE(std::holds_alternative<vcpu::CacheExit>(decode(13)));
    EXPECT_TRUE(std::holds_alternative<vcpu::CacheExit>(decode(54)));
    EXPECT_TRUE(std::holds_alternative<vcpu::TimerExit>(decode(52)));
    EXPECT_TRUE(std::holds_alternative<vcpu::InterruptWindowExit>(decode(7)));
    EXPECT_TRUE(std::holds_alternative<vcpu::NmiWindowExit>(decode(8)));
    EXPECT_TRUE(std::holds_alternative<vcpu::ShutdownExit>(decode(2)));
    EXPECT_TRUE(std::holds_alternative<vcpu::XsetbvExit>(decode(55)));
    EXPECT_TRUE(std::holds_alternative<vcpu::PauseExit>(decode(40)));
    EXPECT_EQ(std::get<vcpu::InvlpgExit>(decode(14, {.qualification = 0x7000})).address,
              Linear{0x7000});
}

TEST(DecodeExit, InstructionsThatGuestsDoNotHave) {
    for (const u32 reason :
         {11u, 17u, 19u, 20u, 21u, 22u, 23u, 24u, 25u, 26u, 27u, 36u, 39u, 50u,
          53u, 57u, 59u, 60u, 61u, 63u, 64u, 65u, 67u, 68u, 69u, 70u, 76u, 77u}) {
        const auto exit = decode(reason);
        ASSERT_TRUE(std::holds_alternative<vcpu::UndefinedInstructionExit>(exit)) << reason;
        EXPECT_STREQ(std::get<vcpu::UndefinedInstructionExit>(exit).name,
                     exit_info(static_cast<u16>(reason)).name);
    }
    EXPECT_STREQ(std::get<vcpu::ForbiddenInstructionExit>(decode(15)).name, "RDPMC");
}

TEST(DecodeExit, EntryFailureBitWinsOverTheReason) {
    const auto failed = std::get<vcpu::FailedEntryExit>(decode(0x80000021, {.qualification = 4}));
    EXPECT_EQ(failed.reason, 0x80000021u);
    EXPECT_EQ(failed.qualification, 4u);
    EXPECT_TRUE(std::holds_alternative<vcpu::FailedEntryExit>(decode(0x80000012)));
}

TEST(DecodeExit, WhatOurSetUpRulesOutIsUnexpectedAndNamed) {
    for (const u32 reason : {3u,  4u,  5u,  6u,  16u, 35u, 38u, 42u, 45u, 46u, 47u,
                             49u, 51u, 58u, 62u, 66u, 71u, 72u, 75u, 80u, 200u}) {
        const auto exit = decode(reason, {.qualification = 9});
        ASSERT_TRUE(std::holds_alternative<vcpu::UnexpectedExit>(exit)) << reason;
        EXPECT_EQ(std::get<vcpu::UnexpectedExit>(exit).reason, reason);
        EXPECT_EQ(std::get<vcpu::UnexpectedExit>(exit).qualification, 9u);
        EXPECT_STRNE(std::get<vcpu::UnexpectedExit>(exit).name, "");
    }
}

TEST(DebugQualification, SetsWhatHappenedAndKeepsStickyBits) {
    EXPECT_EQ(DebugQualification::dr6_after(0xffff0ff0, 0x4000), 0xffff4ff0u);
    // An earlier single step stays, earlier breakpoints go.
    EXPECT_EQ(DebugQualification::dr6_after(0xffff4ff1, 0x2), 0xffff4ff2u);
    EXPECT_EQ(DebugQualification::dr6_after(0xffff0ff0, ~u64{0}), 0xffff6fffu);
}

TEST(EventOf, KeepsErrorCodeAndLengthOnlyWhereTheyMean) {
    const cpu::Event page_fault = event_of(0x80000b0e, 6, 3);
    EXPECT_EQ(page_fault, cpu::fault(cpu::exception::pf, 6));
    const cpu::Event soft = event_of(0x80000410, 6, 2);
    EXPECT_EQ(soft.type, cpu::EventType::software_interrupt);
    EXPECT_EQ(soft.vector, Vector{0x10});
    EXPECT_EQ(soft.error_code, std::nullopt);
    EXPECT_EQ(soft.instruction_length, 2);
    EXPECT_EQ(event_of(0x80000202, 0, 5).type, cpu::EventType::nmi);
    EXPECT_EQ(event_of(0x80000202, 0, 5).instruction_length, 0);
}

} // namespace
} // namespace vestige::vmx
