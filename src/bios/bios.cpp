// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/bios.hpp"

namespace vestige::bios {
namespace {

bool in_protected_mode(const cpu::CpuState& state) {
    return (state.cr0() & cpu::cr0::pe) != 0 && (state.regs.rflags & cpu::rflags::vm) == 0;
}

/// Real-mode services address memory by selector; protected-mode callers get the PCI BIOS, as its
/// specification has it, APM through its entry, and errors for the rest.
bool works_in_protected_mode(const Service& service, Stub stub) {
    constexpr u16 apm = 0x53, pci = 0xb1;
    const u16 function = service.selector >> 8;
    return (stub.interrupt == 0x1a && function == pci) ||
           (stub.interrupt == 0x15 && function == apm && stub.entry == Entry::far_call);
}

} // namespace

bool callable_from(const cpu::CpuState& state, Entry entry) {
    const bool far_call = entry == Entry::far_call;
    switch (cpu::mode_of(state)) {
    case cpu::Mode::real:
    case cpu::Mode::v86:
        return !far_call;
    case cpu::Mode::protected16:
        return entry != Entry::real_far_call;
    case cpu::Mode::protected32:
        return far_call;
    default:
        return false;
    }
}

const Service* find_service(const FunctionTable& table, u8 ah, u8 al, u8 bl) {
    if (table.index[ah] == 0)
        return nullptr;
    for (std::size_t i = table.index[ah] - 1U; i < table.rows.size(); ++i) {
        const Service& row = table.rows[i];
        if (row.selector >> 8 != ah)
            return nullptr;
        const u8 chosen = static_cast<u8>(row.selector);
        if (row.match == Match::ah || (row.match == Match::ax && chosen == al) ||
            (row.match == Match::ah_bl && chosen == bl))
            return &row;
    }
    return nullptr;
}

const Service* find_service(u8 interrupt, const cpu::Registers& registers) {
    const Interrupt& entry = interrupts[interrupt];
    if (entry.functions == nullptr)
        return entry.service;
    return find_service(*entry.functions, registers.high(cpu::Gpr::rax),
                        registers.low(cpu::Gpr::rax), registers.low(cpu::Gpr::rbx));
}

Outcome Bios::call(Stub stub) {
    const Interrupt& entry = interrupts[stub.interrupt];
    if (entry.idle)
        return Outcome::done;
    Call call{env_, stub};
    if (stub.entry == Entry::continuation && entry.functions != nullptr)
        return entry.functions->resumed != nullptr ? entry.functions->resumed(call)
                                                   : Outcome::done;
    const Service* const service = find_service(stub.interrupt, env_.cpu.regs);
    Handler handler = service != nullptr ? service->handler : nullptr;
    if (service != nullptr && in_protected_mode(env_.cpu) &&
        !works_in_protected_mode(*service, stub))
        handler = nullptr;
    if (handler == nullptr && entry.functions != nullptr)
        handler = entry.functions->fallback;
    return handler == nullptr ? Outcome::done : handler(call);
}

} // namespace vestige::bios
