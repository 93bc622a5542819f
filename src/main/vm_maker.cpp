// SPDX-License-Identifier: BSD-2-Clause
#include "vm_maker.hpp"

#include "gdb_port.hpp"
#include "hypervisor_memory.hpp"

#include "vestige/base/log.hpp"
#include "vestige/monitor/status_lines.hpp"

#include <algorithm>

namespace vestige {
namespace {

extern "C" const std::byte builtin_guest[], builtin_guest_end[];

Hpa address_of(std::span<const std::byte> bytes) {
    return Hpa{reinterpret_cast<u64>(bytes.data())};
}

std::string_view letter(config::BootDevice device) {
    switch (device) {
    case config::BootDevice::floppy:
        return "a";
    case config::BootDevice::hard_disk:
        return "c";
    case config::BootDevice::option_rom:
        return "n";
    default:
        return "d";
    }
}

disk::DriveType drive_type(config::ModuleKind kind) {
    switch (kind) {
    case config::ModuleKind::cdrom:
        return disk::DriveType::cdrom;
    case config::ModuleKind::floppy:
        return disk::DriveType::floppy;
    default:
        return disk::DriveType::disk;
    }
}

vm::GuestStorage guest_storage(const vm::VmConfig& config) {
    vm::GuestStorage storage;
    storage.ram = allocate_bytes(config.memory_size, 2 * mib, "a VM's RAM");
    storage.ram_host = address_of(storage.ram);
    const u64 rom = config.boot_rom.empty() ? bios::rom_size : config.boot_rom.size();
    storage.rom = allocate_bytes(rom, page_size, "a VM's ROM");
    storage.rom_host = address_of(storage.rom);
    storage.video = allocate_bytes(vm::GuestStorage::video_size, 2 * mib, "a VM's video memory");
    storage.video_host = address_of(storage.video);
    return storage;
}

} // namespace

/// The sym module that names the VM, or one that names none.
vm::SymbolTable VmMaker::symbols_for(std::string_view vm) const {
    vm::SymbolTable common;
    for (std::size_t i = 0; i < modules_.all().size(); ++i) {
        const config::Module& module = modules_.all()[i];
        if (module.kind != config::ModuleKind::symbols)
            continue;
        if (module.options.vm == vm)
            return vm::SymbolTable{modules_.bytes(i)};
        if (module.options.vm.empty())
            common = vm::SymbolTable{modules_.bytes(i)};
    }
    return common;
}

vm::VmConfig VmMaker::vm_config(const config::VmPlan& plan) const {
    vm::VmConfig config;
    config.name.assign(plan.name.view());
    config.cpu = plan.first_cpu;
    config.memory_size = plan.memory;
    config.wall_clock = wall_clock_;
    char order[8];
    TextBuffer letters{order};
    for (const config::BootDevice device : plan.boot)
        letters.write(letter(device));
    config.boot_order.assign(letters.view().empty() ? "acdn" : letters.view());
    config.keys =
        plan.keys == config::KeyLayout::de ? bios::KeyLayout::de : bios::KeyLayout::us;
    config.raw_address = plan.at;
    config.raw_entry = plan.start;
    if (plan.source == config::BootSource::builtin)
        config.raw_code = {builtin_guest, builtin_guest_end};
    if (plan.source == config::BootSource::raw)
        config.raw_code = modules_.bytes(plan.module);
    for (const unsigned module : plan.option_roms)
        static_cast<void>(config.option_roms.push_back(modules_.bytes(module)));
    if (plan.source == config::BootSource::rom)
        config.boot_rom = modules_.bytes(plan.module);
    if (gdb_sees(options_.gdb, plan.name.view())) {
        config.slice = gdb_poll_interval;
        config.start_stopped = options_.gdb.wait;
    }
    if (options_.gdb.port != config::GdbOptions::Port::off && plan.first_cpu == 0)
        config.slice = gdb_poll_interval; // the CPU that serves GDB
    config.on_fault = options_.on_fault == config::OnFault::reset ? vm::OnFault::reset
                                                                  : vm::OnFault::stop;
    config.trace = plan.trace;
    config.symbols = symbols_for(plan.name.view());
    return config;
}

void VmMaker::add_disk(Slot& slot, std::size_t number, const config::DiskPlan& plan) const {
    const auto image = modules_.bytes(plan.module);
    const u64 blocks = disk::RamDisk::blocks_of(image.size());
    const disk::DriveType type = drive_type(plan.kind);
    const bool cd = type == disk::DriveType::cdrom;
    std::span<u32> table;
    std::span<std::byte> pool;
    if (!plan.read_only && !cd) {
        const auto raw = allocate_bytes(blocks * sizeof(u32), page_size, "a disk's changes");
        table = {reinterpret_cast<u32*>(raw.data()), blocks};
        pool = allocate_bytes(blocks * disk::RamDisk::block_size, page_size, "a disk's changes");
    }
    slot.disks[number] = disk::RamDisk{image, table, pool, cd ? 2048U : 512U};
    if (!slot.machine.board().drives.add(slot.disks[number], type,
                                         image.first(std::min<std::size_t>(image.size(), 512))))
        log(LogArea::disk, LogLevel::error, "vm {}: no drive left for unit {02x}h",
            slot.machine.config().name.view(), plan.unit);
}

/// Null: COM1 goes to the VM's console.
SerialRoute* VmMaker::serial_route(const config::VmPlan& plan) const {
    if (plan.com1 == config::Com1Route::console)
        return nullptr;
    SerialRoute* const route = make<SerialRoute>();
    if (plan.com1 == config::Com1Route::none)
        return route;
    if (options_.gdb.port == config::GdbOptions::Port::com2)
        log(LogArea::host, LogLevel::error, "vm {}: com2 is GDB's", plan.name.view());
    else if (!route->open(options_.com2))
        log(LogArea::host, LogLevel::error, "vm {}: this machine has no com2", plan.name.view());
    return route;
}

Slot* VmMaker::make_vm(const config::VmPlan& plan) const {
    const vm::VmConfig config = vm_config(plan);
    Slot* const slot = make<Slot>(config, guest_storage(config), serial_route(plan));
    for (std::size_t i = 0; i < plan.disks.size(); ++i)
        add_disk(*slot, i, plan.disks[i]);
    if (options_.on_fault == config::OnFault::monitor) {
        slot->machine.debugger().hold_faults(true);
        static_cast<void>(slot->machine.debugger().listen(slot->fault));
    }
    monitor::announce_vm(plan, modules_.all());
    return slot;
}

} // namespace vestige
