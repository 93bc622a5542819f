// SPDX-License-Identifier: BSD-2-Clause
// Kinds of exits by name, and by a number for tables: their place in vcpu::VmExit.
#pragma once

#include "vestige/vcpu/exit.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace vestige::vm {

inline constexpr std::size_t exit_kinds = std::variant_size_v<vcpu::VmExit>;

namespace exit_name {

// A kind without a name does not compile.
constexpr std::string_view of(const vcpu::HypercallExit*) { return "VMCALL"; }
constexpr std::string_view of(const vcpu::ServedExit*) { return "after a BIOS call"; }
constexpr std::string_view of(const vcpu::IoExit*) { return "I/O instruction"; }
constexpr std::string_view of(const vcpu::HostInterruptExit*) { return "host interrupt"; }
constexpr std::string_view of(const vcpu::TimerExit*) { return "timer"; }
constexpr std::string_view of(const vcpu::MonitorTrapExit*) { return "monitor trap"; }
constexpr std::string_view of(const vcpu::InterruptWindowExit*) { return "interrupt window"; }
constexpr std::string_view of(const vcpu::NmiWindowExit*) { return "NMI window"; }
constexpr std::string_view of(const vcpu::CpuidExit*) { return "CPUID"; }
constexpr std::string_view of(const vcpu::HaltExit*) { return "HLT"; }
constexpr std::string_view of(const vcpu::PauseExit*) { return "PAUSE"; }
constexpr std::string_view of(const vcpu::CacheExit*) { return "INVD, WBINVD"; }
constexpr std::string_view of(const vcpu::InvlpgExit*) { return "INVLPG"; }
constexpr std::string_view of(const vcpu::MsrExit*) { return "RDMSR, WRMSR"; }
constexpr std::string_view of(const vcpu::CrExit*) { return "control register"; }
constexpr std::string_view of(const vcpu::DrExit*) { return "debug register"; }
constexpr std::string_view of(const vcpu::MemoryExit*) { return "memory (EPT violation)"; }
constexpr std::string_view of(const vcpu::ApicWriteExit*) { return "APIC write"; }
constexpr std::string_view of(const vcpu::PriorityExit*) { return "task priority"; }
constexpr std::string_view of(const vcpu::XsetbvExit*) { return "XSETBV"; }
constexpr std::string_view of(const vcpu::TaskSwitchExit*) { return "task switch"; }
constexpr std::string_view of(const vcpu::ExceptionExit*) { return "exception"; }
constexpr std::string_view of(const vcpu::ShutdownExit*) { return "triple fault"; }
constexpr std::string_view of(const vcpu::UndefinedInstructionExit*) { return "no such instruction"; }
constexpr std::string_view of(const vcpu::ForbiddenInstructionExit*) { return "forbidden instruction"; }
constexpr std::string_view of(const vcpu::FailedEntryExit*) { return "failed VM entry"; }
constexpr std::string_view of(const vcpu::UnexpectedExit*) { return "unexpected"; }

template <std::size_t... I>
constexpr std::array<std::string_view, exit_kinds> all(std::index_sequence<I...>) {
    return {of(static_cast<const std::variant_alternative_t<I, vcpu::VmExit>*>(nullptr))...};
}

} // namespace exit_name

inline constexpr auto exit_names = exit_name::all(std::make_index_sequence<exit_kinds>{});

/// The number of a kind of exit.
template <class Kind> constexpr std::size_t exit_number() {
    std::size_t number = 0;
    const auto found = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((std::is_same_v<Kind, std::variant_alternative_t<I, vcpu::VmExit>>
                     ? (number = I, true)
                     : false) ||
                ...);
    }(std::make_index_sequence<exit_kinds>{});
    return found ? number : exit_kinds;
}

} // namespace vestige::vm
