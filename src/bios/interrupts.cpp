// SPDX-License-Identifier: BSD-2-Clause
// What each interrupt number leads to, the interrupts that take no AH, and the structures.
#include "vestige/bios/service.hpp"

#include <algorithm>

namespace vestige::bios {
namespace {

constexpr Service handles(u8 interrupt, std::string_view id, std::string_view name, Handler handler,
                          std::string_view results = {}) {
    return {id, name, Match::interrupt, interrupt, State::served, handler, {}, results,
            shown_by({}, results)};
}
constexpr Service returns(u8 interrupt, std::string_view id, std::string_view name) {
    return {id, name, Match::interrupt, interrupt, State::returns, nullptr, {}, {}};
}
constexpr Service points(u8 interrupt, std::string_view id, std::string_view name) {
    return {id, name, Match::interrupt, interrupt, State::table, nullptr, {}, {}};
}

/// Rows with an id are those of the service matrix.
constexpr std::array served_rows{
    handles(0x05, "INT 05", "print screen", print_screen),
    handles(0x08, "INT 08", "timer tick", timer_interrupt),
    handles(0x09, "INT 09", "keyboard", keyboard_interrupt),
    handles(0x0a, {}, "IRQ 2", unexpected_interrupt),
    handles(0x0b, {}, "IRQ 3", unexpected_interrupt),
    handles(0x0c, {}, "IRQ 4", unexpected_interrupt),
    handles(0x0d, {}, "IRQ 5", unexpected_interrupt),
    handles(0x0e, "INT 0E", "floppy controller", floppy_interrupt),
    handles(0x0f, {}, "IRQ 7", unexpected_interrupt),
    handles(0x11, "INT 11", "equipment list", equipment_list, "ax"),
    handles(0x12, "INT 12", "memory size", memory_size, "kib=ax#"),
    handles(0x18, "INT 18", "no boot device", no_boot_device),
    handles(0x19, "INT 19", "bootstrap", bootstrap),
    handles(0x70, "INT 70", "RTC", rtc_interrupt),
    handles(0x71, "INT 71", "IRQ 9", redirected_interrupt),
    handles(0x72, {}, "IRQ 10", unexpected_interrupt),
    handles(0x73, {}, "IRQ 11", unexpected_interrupt),
    handles(0x74, "INT 74", "mouse", mouse_interrupt),
    handles(0x75, "INT 75", "FPU", fpu_interrupt),
    handles(0x76, "INT 76", "fixed disk controller", disk_interrupt),
    handles(0x77, {}, "IRQ 15", unexpected_interrupt),
    handles(post_interrupt, {}, "power-on self-test", power_on_self_test),
    handles(pmm_interrupt, {}, "POST memory manager", post_memory_manager, "result=dx:ax"),
};

/// Hooks whose default only returns, and vectors that point to tables.
constexpr std::array idle_rows{
    returns(0x02, "INT 02", "NMI"),
    returns(0x1b, "INT 1B", "control break"),
    returns(0x1c, "INT 1C", "user timer tick"),
    points(0x1d, "INT 1D", "video parameter table"),
    points(0x1e, "INT 1E", "diskette parameter table"),
    points(0x1f, "INT 1F", "8x8 font, upper half"),
    points(0x41, "INT 41", "fixed disk 0 parameter table"),
    points(0x43, "INT 43", "graphics font"),
    points(0x46, "INT 46", "fixed disk 1 parameter table"),
    returns(0x4a, "INT 4A", "user alarm"),
};

/// INT 40h is where a disk BIOS moves the floppy services to.
constexpr Service relocated_floppy{
    "INT 40", "relocated floppy services", Match::interrupt, 0x40, State::served, nullptr, {}, {}};

constexpr Service structure(std::string_view id, std::string_view name, bool built) {
    return {id, name, Match::interrupt, 0, built ? State::table : State::refused, nullptr, {}, {}};
}

constexpr std::array structure_rows{
    structure("IVT", "interrupt vector table", true),
    structure("BDA", "BIOS data area", true),
    structure("EBDA", "extended BIOS data area", true),
    structure("FFF0/FFF5/FFFE", "reset jump, date, model byte", true),
    structure("FDPT/DPT", "disk and diskette parameter tables", true),
    structure("ACPI", "ACPI tables", true),
    structure("F000 entry points", "compatible entry points", true),
    structure("option ROM scan", "option ROM scan", true),
    structure("BBS/boot order", "boot order", true),
    structure("SMBIOS", "SMBIOS", true),
    structure("$PnP", "Plug and Play installation check", true),
    structure("_32_", "BIOS32 directory", true),
    structure("$PIR", "PCI interrupt routing table", true),
    structure("MP table", "MP floating pointer", true),
    structure("$PMM", "POST memory manager", true),
    structure("APM PM entry", "APM protected-mode entry", true),
};

constexpr auto plain_rows = [] {
    std::array<Service, served_rows.size() + idle_rows.size() + 1> rows{};
    auto end = std::copy(served_rows.begin(), served_rows.end(), rows.begin());
    end = std::copy(idle_rows.begin(), idle_rows.end(), end);
    *end = relocated_floppy;
    return rows;
}();

constexpr std::array<Interrupt, 256> lead_interrupts() {
    std::array<Interrupt, 256> table{};
    for (std::size_t i = 0; i < plain_rows.size(); ++i)
        table[plain_rows[i].selector] = {nullptr, &plain_rows[i], i >= served_rows.size()};
    const auto lead = [&table](u8 interrupt, const FunctionTable& functions) {
        table[interrupt].functions = &functions;
        table[interrupt].idle = false;
    };
    lead(0x10, video_services);
    lead(0x13, disk_services);
    lead(0x40, disk_services);
    lead(0x14, serial_services);
    lead(0x15, system_services);
    lead(0x16, keyboard_services);
    lead(0x17, printer_services);
    lead(0x1a, time_services);
    return table;
}

} // namespace

constinit const std::array<Interrupt, 256> interrupts = lead_interrupts();

std::span<const Service> plain_services() {
    return plain_rows;
}
std::span<const Service> structures() {
    return structure_rows;
}

} // namespace vestige::bios
