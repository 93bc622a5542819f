// SPDX-License-Identifier: BSD-2-Clause
// Turns a VM exit into the vendor-neutral value, reading only the fields that its kind needs.
#pragma once

#include "vestige/vcpu/exit.hpp"
#include "vestige/vmx/controls.hpp"
#include "vestige/vmx/exit_qualification.hpp"
#include "vestige/vmx/exit_reason.hpp"
#include "vestige/vmx/fields.hpp"
#include "vestige/vmx/vmcs.hpp"

namespace vestige::vmx {

template <class Store> vcpu::IoExit decode_io(const Vmcs<Store>& vmcs) {
    const u64 qualification = vmcs.read(field::exit_qualification);
    vcpu::IoExit exit;
    exit.port = Port{IoQualification::PortNumber::get(qualification)};
    exit.width = static_cast<Width>(IoQualification::SizeMinusOne::get(qualification) + 1);
    exit.in = IoQualification::In::get(qualification);
    exit.string = IoQualification::String::get(qualification);
    exit.rep = IoQualification::Rep::get(qualification);
    if (exit.string) {
        const u32 information = vmcs.read(field::exit_instruction_information);
        exit.segment =
            exit.in ? cpu::SegmentName::es
                    : static_cast<cpu::SegmentName>(StringIoInformation::Segment::get(information));
        exit.address_size =
            static_cast<Width>(2u << StringIoInformation::AddressSize::get(information));
        exit.linear = Linear{vmcs.read(field::guest_linear_address)};
    }
    return exit;
}

template <class Store> vcpu::CrExit decode_cr(const Vmcs<Store>& vmcs) {
    const u64 qualification = vmcs.read(field::exit_qualification);
    return {static_cast<vcpu::CrExit::Kind>(CrQualification::AccessType::get(qualification)),
            CrQualification::RegisterNumber::get(qualification),
            static_cast<cpu::Gpr>(CrQualification::GprNumber::get(qualification)),
            CrQualification::LmswSource::get(qualification)};
}

template <class Store> vcpu::DrExit decode_dr(const Vmcs<Store>& vmcs) {
    const u64 qualification = vmcs.read(field::exit_qualification);
    return {DrQualification::RegisterNumber::get(qualification),
            !DrQualification::FromDr::get(qualification),
            static_cast<cpu::Gpr>(DrQualification::GprNumber::get(qualification))};
}

template <class Store> vcpu::MemoryExit decode_memory(const Vmcs<Store>& vmcs) {
    const u64 qualification = vmcs.read(field::exit_qualification);
    vcpu::MemoryExit exit{Gpa{vmcs.read(field::guest_physical_address)},
                          EptViolation::Read::get(qualification),
                          EptViolation::Write::get(qualification),
                          EptViolation::Fetch::get(qualification),
                          EptViolation::LinearValid::get(qualification) &&
                              EptViolation::FinalTranslation::get(qualification),
                          {}};
    if (exit.linear_valid)
        exit.linear = Linear{vmcs.read(field::guest_linear_address)};
    return exit;
}

template <class Store> vcpu::MemoryExit decode_apic_access(const Vmcs<Store>& vmcs) {
    enum : u8 { read, write, fetch };
    const u64 qualification = vmcs.read(field::exit_qualification);
    const u8 type = ApicAccess::Type::get(qualification);
    return {vcpu::local_apic_page + ApicAccess::Offset::get(qualification),
            type != write && type != fetch,
            type == write,
            type == fetch,
            false,
            {}};
}

template <class Store> vcpu::TaskSwitchExit decode_task_switch(const Vmcs<Store>& vmcs) {
    const u64 qualification = vmcs.read(field::exit_qualification);
    return {TaskSwitchQualification::Selector::get(qualification),
            static_cast<vcpu::TaskSwitchExit::Source>(
                TaskSwitchQualification::Source::get(qualification))};
}

/// An interruption-information field with its error code and, for software events, length.
constexpr cpu::Event event_of(u32 information, u32 error_code, u32 length) {
    cpu::Event event{static_cast<cpu::EventType>(InterruptionInfo::Type::get(information)),
                     Vector{InterruptionInfo::VectorNumber::get(information)},
                     {},
                     0};
    if (InterruptionInfo::ErrorCodeValid::get(information))
        event.error_code = error_code;
    if (event.type >= cpu::EventType::software_interrupt)
        event.instruction_length = static_cast<u8>(length);
    return event;
}

/// The exception that an exit of meaning exception_or_nmi reports (not for NMIs).
template <class Store> vcpu::ExceptionExit decode_exception(const Vmcs<Store>& vmcs) {
    return {event_of(vmcs.read(field::exit_interruption_information),
                     vmcs.read(field::exit_interruption_error_code),
                     vmcs.read(field::exit_instruction_length)),
            vmcs.read(field::exit_qualification)};
}

/// Everything but the exits that the host has to serve first (interrupts, NMIs, exceptions); rcx
/// is the guest's, for the index of an MSR.
template <class Store> vcpu::VmExit decode_exit(const Vmcs<Store>& vmcs, u32 reason, u64 rcx) {
    const ExitInfo info = exit_info(ExitReason::Basic::get(reason));
    if (ExitReason::EntryFailure::get(reason))
        return vcpu::FailedEntryExit{reason, vmcs.read(field::exit_qualification)};
    switch (info.meaning) {
    case ExitMeaning::hypercall:
        return vcpu::HypercallExit{};
    case ExitMeaning::io:
        return decode_io(vmcs);
    case ExitMeaning::timer:
        return vcpu::TimerExit{};
    case ExitMeaning::monitor_trap:
        return vcpu::MonitorTrapExit{};
    case ExitMeaning::interrupt_window:
        return vcpu::InterruptWindowExit{};
    case ExitMeaning::nmi_window:
        return vcpu::NmiWindowExit{};
    case ExitMeaning::ept_violation:
        return decode_memory(vmcs);
    case ExitMeaning::apic_access:
        return decode_apic_access(vmcs);
    case ExitMeaning::apic_write:
        return vcpu::ApicWriteExit{ApicAccess::Offset::get(vmcs.read(field::exit_qualification))};
    case ExitMeaning::task_priority:
        return vcpu::PriorityExit{};
    case ExitMeaning::halt:
        return vcpu::HaltExit{};
    case ExitMeaning::cpuid:
        return vcpu::CpuidExit{};
    case ExitMeaning::rdmsr:
        return vcpu::MsrExit{static_cast<u32>(rcx), false};
    case ExitMeaning::wrmsr:
        return vcpu::MsrExit{static_cast<u32>(rcx), true};
    case ExitMeaning::control_register:
        return decode_cr(vmcs);
    case ExitMeaning::debug_register:
        return decode_dr(vmcs);
    case ExitMeaning::invlpg:
        return vcpu::InvlpgExit{Linear{vmcs.read(field::exit_qualification)}};
    case ExitMeaning::cache:
        return vcpu::CacheExit{};
    case ExitMeaning::pause:
        return vcpu::PauseExit{};
    case ExitMeaning::xsetbv:
        return vcpu::XsetbvExit{};
    case ExitMeaning::task_switch:
        return decode_task_switch(vmcs);
    case ExitMeaning::triple_fault:
        return vcpu::ShutdownExit{};
    case ExitMeaning::undefined:
        return vcpu::UndefinedInstructionExit{info.name};
    case ExitMeaning::forbidden:
        return vcpu::ForbiddenInstructionExit{info.name};
    case ExitMeaning::exception_or_nmi:
    case ExitMeaning::external_interrupt:
    case ExitMeaning::failed_entry:
    case ExitMeaning::unexpected:
        break;
    }
    return vcpu::UnexpectedExit{reason, vmcs.read(field::exit_qualification), info.name};
}

} // namespace vestige::vmx
