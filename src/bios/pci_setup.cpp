// SPDX-License-Identifier: BSD-2-Clause
#include "pci_setup.hpp"

namespace vestige::bios {
namespace {

namespace pci = devices::pci;

/// Memory ranges begin above the video adapter's frame buffer, which has the 256 MiB before them.
constexpr u32 first_port = 0xc000, first_memory = 0xf0000000;
constexpr u32 functions = 256;
constexpr unsigned base_registers = 6;

/// Addresses that have not been given out yet.
struct Room {
    u32 ports = first_port;
    u32 memory = first_memory;
};

/// The next aligned range of size.
u32 take(u32& from, u32 size) {
    const u32 start = (from + size - 1) & ~(size - 1);
    from = start + size;
    return start;
}

class Function {
  public:
    Function(devices::PciHost& host, u32 number) : host_{host}, number_{number} {}
    [[nodiscard]] u32 read(u8 at, Width width) const {
        return host_.read_config(number_ << 8 | at, width);
    }
    void write(u8 at, Width width, u32 value) const {
        host_.write_config(number_ << 8 | at, width, value);
    }
    [[nodiscard]] bool present() const { return read(pci::vendor_id, Width::word) != 0xffff; }
    [[nodiscard]] bool is(u16 vendor, u16 device) const {
        return read(pci::vendor_id, Width::dword) == (u32{device} << 16 | vendor);
    }
    [[nodiscard]] unsigned slot() const { return number_ >> 3; }

  private:
    devices::PciHost& host_;
    u32 number_;
};

/// Sizes a register as the PCI specification says ("Implementation Note: Sizing a Base Address
/// Register Example") and gives it its place; the command bit that it needs.
u32 place(const Function& function, u8 at, Room& room) {
    function.write(at, Width::dword, 0xffffffff);
    const u32 value = function.read(at, Width::dword);
    if (value == 0)
        return 0;
    const bool ports = (value & 1) != 0;
    const u32 mask = ports ? (value & 0xfffc) | 0xffff0000 : value & 0xfffffff0;
    function.write(at, Width::dword, take(ports ? room.ports : room.memory, ~mask + 1));
    return ports ? pci::command_io : pci::command_memory;
}

void set_up(const Function& function, Room& room) {
    u32 command = function.read(pci::command, Width::word);
    function.write(pci::command, Width::word, 0);
    for (unsigned i = 0; i < base_registers; ++i)
        command |= place(function, static_cast<u8>(pci::first_bar + 4 * i), room);
    if (const u32 pin = function.read(pci::interrupt_pin, Width::byte); pin != 0)
        function.write(pci::interrupt_line, Width::byte,
                       pci::route_after_post[pci::link_of(function.slot(), pin - 1)]);
    function.write(pci::command, Width::word,
                   command | pci::command_io | pci::command_memory | pci::command_master);
}

void route_interrupts(Call& call, const Function& bridge) {
    u16 level = 0;
    for (u8 link = 0; link < pci::links; ++link) {
        bridge.write(static_cast<u8>(pci::first_route_register + link), Width::byte,
                     pci::route_after_post[link]);
        level = static_cast<u16>(level | 1U << pci::route_after_post[link]);
    }
    constexpr Port trigger_low{0x4d0}, trigger_high{0x4d1};
    call.env.pic.write_port(trigger_low, Width::byte, level & 0xffU);
    call.env.pic.write_port(trigger_high, Width::byte, level >> 8U);
}

} // namespace

void set_up_pci(Call& call) {
    constexpr u16 intel = 0x8086, piix3_isa = 0x7000, piix3_ide = 0x7010;
    constexpr u8 ide_timing = 0x40;
    Room room;
    for (u32 number = 0; number < functions; ++number) {
        const Function function{call.env.pci, number};
        if (!function.present())
            continue;
        set_up(function, room);
        if (function.is(intel, piix3_isa))
            route_interrupts(call, function);
        if (function.is(intel, piix3_ide)) // both channels answer, at the timing of PIO mode 4
            function.write(ide_timing, Width::dword, 0xe377e377);
    }
}

} // namespace vestige::bios
