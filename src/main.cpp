// SPDX-License-Identifier: BSD-2-Clause
// The only file that knows everything: brings the machine up and gives its CPUs their VMs.
#include "vestige/base/log.hpp"
#include "vestige/base/panic.hpp"
#include "vestige/config/boot_options.hpp"
#include "vestige/config/vm_plan.hpp"
#include "vestige/disk/image_kind.hpp"
#include "vestige/disk/ram_disk.hpp"
#include "vestige/host/acpi.hpp"
#include "vestige/host/boot_info.hpp"
#include "vestige/host/clock.hpp"
#include "vestige/host/console.hpp"
#include "vestige/host/control_registers.hpp"
#include "vestige/host/cpuid.hpp"
#include "vestige/host/interrupt_controllers.hpp"
#include "vestige/host/keyboard.hpp"
#include "vestige/host/lapic.hpp"
#include "vestige/host/machine_end.hpp"
#include "vestige/host/page_allocator.hpp"
#include "vestige/host/paging.hpp"
#include "vestige/host/smp.hpp"
#include "vestige/monitor/console_mux.hpp"
#include "vestige/monitor/guest_text_screen.hpp"
#include "vestige/monitor/log_queue.hpp"
#include "vestige/monitor/status_lines.hpp"
#include "vestige/vm/vm.hpp"
#include "vestige/vmx/ept.hpp"
#include "vestige/vmx/report.hpp"
#include "vestige/vmx/vmx_cpu.hpp"
#include "vestige/vmx/vmx_vcpu.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace vestige {
namespace {

extern "C" const char image_start[], image_end[];
extern "C" const std::byte builtin_guest[], builtin_guest_end[];

constexpr u8 did_not_start = 127;

constinit host::BootInfo boot_info;
constinit host::PageAllocator pages;
constinit config::BootOptions options;
constinit std::array<config::Module, config::most_modules> modules;
constinit std::size_t module_count = 0;
constinit config::VmPlans plans;
constinit u64 boot_wall_clock = 0;

host::PhysicalView low_memory() {
    return {host::physical(Hpa{}), 4 * gib};
}

std::span<std::byte> bytes_at(Hpa start, u64 size) {
    return {host::physical(start), size};
}

constinit std::atomic<bool> allocating{false};

/// Memory for whichever CPU asks.
std::optional<Hpa> allocate(u64 size, u64 alignment = page_size) {
    while (allocating.exchange(true, std::memory_order_acquire))
        host::pause();
    const auto block = pages.allocate(size, alignment);
    allocating.store(false, std::memory_order_release);
    return block;
}

/// Pages for VMCS regions and EPT tables.
class TablePages final : public vmx::PageSource {
  public:
    std::optional<Hpa> allocate_page() override { return allocate(page_size); }
    void* view(Hpa page) const override { return host::physical(page); }
};
constinit TablePages table_pages;

/// Complaints about the configuration, in the log.
class Problems final : public config::ProblemSink {
  public:
    void problem(std::string_view sentence) override {
        log(LogArea::host, LogLevel::error, "{}", sentence);
    }
};

/// The serial side of the machine's console, for the console multiplexer.
class ConsolePort final : public monitor::TerminalPort {
  public:
    std::size_t write(std::span<const u8> data) override {
        host::Console& console = host::console();
        const std::size_t count = std::min(data.size(), console.room());
        // Bytes as characters: what a terminal takes.
        console.write_raw({reinterpret_cast<const char*>(data.data()), count});
        return count;
    }
    bool read(u8& byte) override {
        const auto got = host::console().read();
        byte = got.value_or(0);
        return got.has_value();
    }
};
constinit ConsolePort console_port;
constinit monitor::LogQueue log_queue;

/// Host time as the console's clock.
u64 host_time() { return host::tsc_to_nanoseconds(host::read_tsc()); }

constinit monitor::ConsoleMux* mux = nullptr;

void poll_console() {
    if (mux == nullptr)
        return;
    while (const auto code = host::read_scancode())
        mux->keyboard_byte(*code);
    mux->poll(host_time());
    host::console().poll();
}

/// A full log queue: the console's CPU empties it, others wait for that.
class Relief final : public monitor::LogRelief {
  public:
    bool make_room() override {
        if (host::this_cpu().number == 0) {
            mux->drain_log();
            poll_console();
        } else {
            host::pause();
        }
        return true;
    }
};
constinit Relief relief;

/// One physical CPU as its VM sees it.
class HostCpu final : public vm::HostServices {
  public:
    explicit HostCpu(bool has_console) : has_console_{has_console} {}
    u64 tsc() const override { return host::read_tsc(); }
    u64 to_nanoseconds(u64 ticks) const override { return host::tsc_to_nanoseconds(ticks); }
    u64 to_ticks(u64 nanoseconds) const override { return host::nanoseconds_to_tsc(nanoseconds); }
    void idle_until(u64 deadline) override { host::idle_until(deadline); }
    void poll() override {
        if (has_console_)
            poll_console();
    }
    cpu::CpuidResult cpuid(u32 leaf, u32 subleaf) const override {
        const host::CpuidResult r = host::cpuid(leaf, subleaf);
        return {r.eax, r.ebx, r.ecx, r.edx};
    }

  private:
    bool has_console_;
};

/// The VM's screen, once there is a VM.
class SlotScreen final : public monitor::TextScreen {
  public:
    void show(const monitor::GuestTextScreen& screen) { screen_ = &screen; }
    bool snapshot(monitor::ScreenSnapshot& out) const override {
        return screen_ != nullptr && screen_->snapshot(out);
    }

  private:
    const monitor::GuestTextScreen* screen_ = nullptr;
};

/// Keys that the console queued for a VM.
class SlotKeys final : public vm::KeySource {
  public:
    explicit SlotKeys(monitor::VmConsole& console) : console_{console} {}
    std::span<const u8> next_key() override {
        const auto key = console_.next_key();
        if (!key)
            return {};
        key_ = *key;
        return key_.span();
    }

  private:
    monitor::VmConsole& console_;
    monitor::KeyCode key_;
};

/// A VM with all that belongs to it.
struct Slot {
    Slot(const vm::VmConfig& config, bool has_console, const vm::GuestStorage& storage)
        : console{config.name.view(), slot_screen}, keys{console}, host{has_console},
          machine{config, host,
                  {{console.com1_out(), console.com1_in(), console.debug_out()}, console, keys},
                  storage},
          screen{machine.board().vga, storage.ram.subspan(0xb8000, 32 * kib)} {
        slot_screen.show(screen);
    }

    SlotScreen slot_screen;
    monitor::VmConsole console;
    SlotKeys keys;
    HostCpu host;
    vm::Vm machine;
    monitor::GuestTextScreen screen;
    std::array<disk::RamDisk, config::most_disks> disks;
    unsigned cpu = 0;
};

constinit StaticVector<Slot*, config::most_vms> slots;
/// The VM that a CPU is to run, by the CPU's number.
constinit std::array<std::atomic<Slot*>, host::most_cpus> work{};
constinit std::atomic<unsigned> ready_cpus{0};
constinit std::array<std::atomic<bool>, host::most_cpus> vmx_on{};

class Commands final : public monitor::Operator {
  public:
    void end_everything() override {
        for (Slot* const slot : slots)
            slot->machine.order(vm::Order::stop);
    }
    bool toggle_pause(unsigned vm) override {
        paused_[vm] = !paused_[vm];
        slots[vm]->machine.order(paused_[vm] ? vm::Order::pause : vm::Order::resume);
        return paused_[vm];
    }
    void reset(unsigned vm) override { slots[vm]->machine.order(vm::Order::reset); }
    void show_registers(unsigned vm, TextSink& out) override {
        print(out, "vm {} runs on cpu {}\n", slots[vm]->machine.config().name.view(),
              slots[vm]->cpu);
    }

  private:
    std::array<bool, config::most_vms> paused_{};
};
constinit Commands commands;

template <class T, class... Arguments> T* make(Arguments&&... arguments) {
    const auto block = allocate(sizeof(T));
    if (!block)
        panic("no memory for the hypervisor's own objects");
    return new (host::physical(*block)) T(static_cast<Arguments&&>(arguments)...);
}

/// Runs vm on this CPU from its first instruction to its end.
void run_vm(Slot& slot, const vmx::CpuFacts& facts) {
    vmx::Ept& ept = *make<vmx::Ept>(table_pages, facts.capabilities);
    const vmx::VcpuSetup setup{.capabilities = facts.capabilities,
                               .features = {},
                               .ept = ept,
                               .memory = slot.machine,
                               .pages = table_pages};
    vmx::VmxVcpu& vcpu = *make<vmx::VmxVcpu>(setup);
    if (!slot.machine.connect(vcpu, ept))
        panic("no memory for a VM's page tables");
    if (const auto made = vcpu.initialize(); !made)
        panic(made.error());
    if (options.selftest_name == "broken-vmcs")
        vcpu.break_for_self_test();
    slot.machine.run();
}

/// Turns VMX on and reports it; false when this CPU cannot run VMs.
bool prepare_cpu(const host::PerCpu& cpu, vmx::CpuFacts& facts) {
    facts = vmx::read_cpu_facts();
    char text[240];
    TextBuffer buffer{text};
    vmx::print_capabilities(buffer, facts);
    const bool ready = vmx::readiness(facts) == vmx::Readiness::ready;
    log(LogArea::vmx, ready ? LogLevel::info : LogLevel::error, "cpu {}: {}", cpu.number,
        buffer.view());
    if (!ready) {
        buffer.clear();
        vmx::print_advice(buffer, facts);
        log(LogArea::vmx, LogLevel::error, "cpu {}: {}", cpu.number, buffer.view());
        return false;
    }
    if (const auto on = vmx::turn_vmx_on(facts, table_pages); !on) {
        log(LogArea::vmx, LogLevel::error, "cpu {}: {}", cpu.number, on.error());
        return false;
    }
    return true;
}

/// Every CPU but the first: VMX on, then its VM when there is one.
void cpu_main(host::PerCpu& cpu) {
    vmx::CpuFacts facts;
    const bool ready = prepare_cpu(cpu, facts);
    vmx_on[cpu.number].store(ready, std::memory_order_release);
    ready_cpus.fetch_add(1, std::memory_order_release);
    for (;;) {
        if (Slot* const slot = work[cpu.number].exchange(nullptr, std::memory_order_acquire))
            run_vm(*slot, facts);
        host::idle_until(host::read_tsc() + host::nanoseconds_to_tsc(10'000'000));
    }
}

host::UartSettings uart_settings(const config::SerialSettings& from) {
    host::UartSettings to;
    to.base = from.port;
    to.baud = from.baud;
    to.data_bits = from.data_bits;
    to.parity = from.parity == config::Parity::odd    ? 'o'
                : from.parity == config::Parity::even ? 'e'
                                                      : 'n';
    to.stop_bits = from.stop_bits;
    return to;
}

void open_console() {
    host::ConsoleSettings settings;
    settings.uarts = {uart_settings(options.com1), uart_settings(options.com2)};
    const bool com2_monitor = options.monitor == config::MonitorInput::com2;
    settings.to_uart = {options.console.com1 || options.monitor == config::MonitorInput::com1,
                        com2_monitor};
    settings.to_vga = options.console.vga && boot_info.has_text_screen();
    settings.to_e9 = options.console.e9;
    host::console().open(settings);
    set_log_sink(&host::console());
    options.log_levels.apply();
}

/// Takes the first copy of a problem until the console, which the boot line sets up, is open.
class EarlyProblems final : public config::ProblemSink {
  public:
    void problem(std::string_view sentence) override {
        static_cast<void>(sentences_.push_back(Text<200>{sentence}));
    }
    void report() const {
        for (const Text<200>& sentence : sentences_)
            log(LogArea::host, LogLevel::error, "{}", sentence.view());
    }

  private:
    StaticVector<Text<200>, 8> sentences_;
};

[[noreturn]] void refuse(std::string_view why) {
    log(LogArea::host, LogLevel::error, "{}", why);
    host::end_machine(did_not_start);
}

void read_boot_line() {
    EarlyProblems problems;
    const unsigned count = config::parse_boot_line(boot_info.command_line.view(), options, problems);
    open_console();
    problems.report();
    if (count != 0 && options.strict)
        refuse("the boot line has errors and strict is set: not started");
}

config::ModuleKind module_kind(disk::ImageKind kind) {
    switch (kind) {
    case disk::ImageKind::floppy:
        return config::ModuleKind::floppy;
    case disk::ImageKind::disk:
        return config::ModuleKind::disk;
    case disk::ImageKind::cdrom:
        return config::ModuleKind::cdrom;
    case disk::ImageKind::rom:
        return config::ModuleKind::rom;
    case disk::ImageKind::raw:
        return config::ModuleKind::raw;
    }
    return config::ModuleKind::raw;
}

std::optional<disk::ImageKind> image_kind(config::ModuleKind kind) {
    for (const disk::ImageKind image : {disk::ImageKind::floppy, disk::ImageKind::disk,
                                        disk::ImageKind::cdrom, disk::ImageKind::rom,
                                        disk::ImageKind::raw})
        if (module_kind(image) == kind)
            return image;
    return {};
}

std::span<const std::byte> module_bytes(std::size_t index) {
    return bytes_at(boot_info.modules[index].start, boot_info.modules[index].size);
}

/// Reads the words of every module and finds out what each is; the count of problems.
unsigned read_modules() {
    Problems problems;
    unsigned bad = 0;
    for (; module_count < boot_info.modules.size(); ++module_count) {
        config::Module& module = modules[module_count];
        const std::string_view words = boot_info.modules[module_count].words.view();
        bad += config::parse_module(words, module.options, problems);
        const auto image = module_bytes(module_count);
        module.size = image.size();
        module.kind = module.options.kind;
        if (module.kind == config::ModuleKind::automatic)
            module.kind = module_kind(disk::recognise(image));
        if (const auto kind = image_kind(module.kind))
            if (const auto fits = disk::check_image(*kind, image); !fits) {
                log(LogArea::host, LogLevel::error, "module \"{}\": {}", words, fits.error());
                ++bad;
            }
        if (module.kind == config::ModuleKind::config && !image.empty())
            bad += config::parse_config_file(
                {reinterpret_cast<const char*>(image.data()), image.size()}, options, problems);
    }
    if (boot_info.modules_dropped != 0) {
        log(LogArea::host, LogLevel::error, "{} modules more than the {} that are possible",
            boot_info.modules_dropped, boot_info.modules.size());
        ++bad;
    }
    return bad;
}

std::span<std::byte> allocate_bytes(u64 size, u64 alignment, std::string_view what) {
    const auto block = allocate(size, alignment);
    if (!block) {
        char text[96];
        refuse(format_in(text, "not enough memory for {}: {} KiB wanted", what, size / kib));
    }
    const auto bytes = bytes_at(*block, size);
    std::memset(bytes.data(), 0, bytes.size());
    return bytes;
}

Hpa address_of(std::span<const std::byte> bytes) {
    return Hpa{reinterpret_cast<u64>(bytes.data())};
}

vm::VmConfig vm_config(const config::VmPlan& plan) {
    vm::VmConfig config;
    config.name.assign(plan.name.view());
    config.cpu = plan.first_cpu;
    config.memory_size = plan.memory;
    config.wall_clock = boot_wall_clock;
    char order[4];
    TextBuffer letters{order};
    for (const config::BootDevice device : plan.boot)
        letters.write(device == config::BootDevice::floppy      ? "a"
                      : device == config::BootDevice::hard_disk ? "c"
                                                                : "d");
    config.boot_order.assign(letters.view().empty() ? "acd" : letters.view());
    config.raw_address = plan.at;
    config.raw_entry = plan.start;
    if (plan.source == config::BootSource::builtin)
        config.raw_code = {builtin_guest, builtin_guest_end};
    if (plan.source == config::BootSource::raw)
        config.raw_code = module_bytes(plan.module);
    if (plan.source == config::BootSource::rom)
        config.boot_rom = module_bytes(plan.module);
    config.on_fault = options.on_fault == config::OnFault::reset ? vm::OnFault::reset
                                                                 : vm::OnFault::stop;
    for (std::size_t i = 0; i < config.traced.size(); ++i)
        config.traced[i] = plan.trace.interrupts[i] | options.trace.interrupts[i];
    return config;
}

void add_disk(Slot& slot, std::size_t number, const config::DiskPlan& plan) {
    const auto image = module_bytes(plan.module);
    const u64 blocks = disk::RamDisk::blocks_of(image.size());
    const bool cd = plan.kind == config::ModuleKind::cdrom;
    std::span<u32> table;
    std::span<std::byte> pool;
    if (!plan.read_only && !cd) {
        const auto raw = allocate_bytes(blocks * sizeof(u32), page_size, "a disk's changes");
        table = {reinterpret_cast<u32*>(raw.data()), blocks};
        pool = allocate_bytes(blocks * disk::RamDisk::block_size, page_size, "a disk's changes");
    }
    slot.disks[number] = disk::RamDisk{image, table, pool, cd ? 2048U : 512U};
    const disk::DriveType type = cd ? disk::DriveType::cdrom
                                 : plan.kind == config::ModuleKind::floppy
                                     ? disk::DriveType::floppy
                                     : disk::DriveType::disk;
    if (!slot.machine.board().drives.add(slot.disks[number], type,
                                         image.first(std::min<std::size_t>(image.size(), 512))))
        log(LogArea::disk, LogLevel::error, "vm {}: no drive left for unit {02x}h",
            slot.machine.config().name.view(), plan.unit);
}

void make_vm(const config::VmPlan& plan) {
    const vm::VmConfig config = vm_config(plan);
    vm::GuestStorage storage;
    storage.ram = allocate_bytes(plan.memory, 2 * mib, "a VM's RAM");
    storage.ram_host = address_of(storage.ram);
    const u64 rom = config.boot_rom.empty() ? bios::rom_size : config.boot_rom.size();
    storage.rom = allocate_bytes(rom, page_size, "a VM's ROM");
    storage.rom_host = address_of(storage.rom);
    Slot* const slot = make<Slot>(config, plan.first_cpu == 0, storage);
    slot->cpu = plan.first_cpu;
    for (std::size_t i = 0; i < plan.disks.size(); ++i)
        add_disk(*slot, i, plan.disks[i]);
    static_cast<void>(slots.push_back(slot));
    monitor::announce_vm(plan, {modules.data(), module_count});
}

bool all_ended() {
    return std::all_of(slots.begin(), slots.end(), [](const Slot* slot) {
        return slot->machine.end() != vm::End::running;
    });
}

[[noreturn]] void finish() {
    monitor::ExitTally tally;
    for (const Slot* const slot : slots) {
        if (slot->machine.end() == vm::End::stopped)
            tally.stopped();
        if (slot->machine.end() == vm::End::exit_status)
            tally.exited(slot->machine.status());
    }
    while (!mux->finish(host_time()))
        host::console().poll();
    set_log_sink(&host::console());
    tally.announce();
    host::end_machine(tally.status());
}

/// The boot CPU: its own VM, and the console until every VM has ended.
[[noreturn]] void run_machine(const vmx::CpuFacts& facts) {
    mux = make<monitor::ConsoleMux>(options, console_port, log_queue, commands, nullptr);
    for (Slot* const slot : slots)
        static_cast<void>(mux->add(slot->console));
    host::console().show_on_vga(false);
    log_queue.set_relief(relief);
    set_log_sink(&log_queue);
    Slot* mine = nullptr;
    for (Slot* const slot : slots) {
        if (slot->cpu == 0)
            mine = slot;
        else
            work[slot->cpu].store(slot, std::memory_order_release);
    }
    if (mine != nullptr)
        run_vm(*mine, facts);
    while (!all_ended()) {
        poll_console();
        host::idle_until(host::read_tsc() + host::nanoseconds_to_tsc(10'000'000));
    }
    poll_console();
    finish();
}

void bring_up() {
    const u64 image = reinterpret_cast<u64>(image_start);
    host::collect_free_memory(boot_info, Hpa{image}, reinterpret_cast<u64>(image_end) - image,
                              pages);
    host::build_address_space(boot_info, pages);
    host::mask_pic();
    host::initialize_boot_cpu(pages);
    const host::Hardware hardware =
        host::find_hardware(low_memory(), boot_info.rsdp.span(), host::lapic_id());
    host::mask_io_apics(hardware.io_apics);
    host::set_reset_port(hardware.reset);
    host::unmap_page(Hpa{});
    const char* const reference = host::calibrate_clock(hardware.pm_timer);
    boot_wall_clock = host::read_wall_clock();
    host::check_address_space();
    host::start_cpus(hardware.cpus, pages, cpu_main);
    log(LogArea::host, LogLevel::info, "{} CPUs from {}, TSC {} kHz by {}, {} MiB free",
        host::cpus().size(), hardware.cpus.source, host::tsc_frequency() / 1000, reference,
        pages.free_bytes() / mib);
}

/// Waits until every CPU that started has tried VMX.
void wait_for_cpus() {
    while (ready_cpus.load(std::memory_order_acquire) + 1 < host::cpus().size())
        host::pause();
}

void plan_and_make() {
    Problems problems;
    if (read_modules() != 0)
        refuse("not started: see the problems above");
    const config::HostResources resources{static_cast<unsigned>(host::cpus().size()),
                                          pages.free_bytes()};
    config::plan_vms({modules.data(), module_count}, options, resources, plans, problems);
    if (plans.problems != 0)
        refuse("not started: see the problems above");
    for (const config::VmPlan& plan : plans.vms)
        make_vm(plan);
}

[[noreturn]] void start(u32 magic, u32 information) {
    host::initialize_traps();
    const auto parsed = host::parse_boot_info(magic, information, low_memory(), boot_info);
    read_boot_line();
    if (!parsed)
        panic(parsed.error());
    host::set_at_end(options.on_power_off == config::OnPowerOff::halt     ? host::AtEnd::halt
                     : options.on_power_off == config::OnPowerOff::reboot ? host::AtEnd::reboot
                                                                          : host::AtEnd::exit);
    log(LogArea::host, LogLevel::info, "Vestige {}, multiboot {} from \"{}\"", VESTIGE_VERSION,
        boot_info.multiboot_version, boot_info.loader.view());
    bring_up();
    vmx::CpuFacts facts;
    const bool ready = prepare_cpu(host::this_cpu(), facts);
    vmx_on[0].store(ready, std::memory_order_release);
    wait_for_cpus();
    if (!ready)
        refuse("no VM can run on this machine: not started");
    plan_and_make();
    run_machine(facts);
}

} // namespace
} // namespace vestige

extern "C" [[noreturn]] void vestige_main(vestige::u32 magic, vestige::u32 information) {
    vestige::start(magic, information);
}
