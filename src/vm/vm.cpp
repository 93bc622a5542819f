// SPDX-License-Identifier: BSD-2-Clause
// A VM's life: power-on, the loop, time and interrupts, the end.
#include "vestige/vm/vm.hpp"

#include "exit_handler.hpp"

#include "vestige/base/panic.hpp"
#include "vestige/vm/guest_view.hpp"
#include "vestige/vm/state_text.hpp"

#include <algorithm>

namespace vestige::vm {
namespace {

static_assert(vcpu::local_apic_page == devices::LocalApic::base);

/// How often a VM that a debugger has stopped looks for work.
constexpr machine::Nanoseconds rest_interval = 200'000;
constexpr u8 fault_status = 126;

} // namespace

Vm::Vm(const VmConfig& config, HostServices& host, const VmLinks& links,
       const GuestStorage& storage)
    : config_{config}, host_{host}, links_{links}, storage_{storage},
      board_{*this, *this, links.board, config.wall_clock, storage.display()},
      cpuid_{host, {.tsc_hertz = host.to_ticks(1'000'000'000),
                    .crystal_hertz = devices::ApicTimer::crystal_hertz}},
      path_{.memory = board_.memory,
            .a20 = board_.a20,
            .physical_bits = cpuid_.control_features().physical_bits,
            .huge_pages = cpuid_.huge_pages()},
      tsc_start_{host.tsc()}, recorder_{config_.name.view(), config.trace, config.symbols} {
    if (!lay_out(board_.memory, storage_, board_.vga.window()))
        panic("a VM's memory does not fit its address space");
    if (config_.boot_rom.empty())
        bios::build_rom(storage_.rom, {.memory_size = config_.memory_size,
                                       .board = board_.facts(),
                                       .cpu = bios::cpu_facts(cpuid_)});
    else
        std::copy(config_.boot_rom.begin(), config_.boot_rom.end(), storage_.rom.begin());
}

bool Vm::connect(vcpu::Vcpu& vcpu, vcpu::AddressSpace& space) {
    vcpu_ = &vcpu;
    space_ = &space;
    msrs_.emplace(vcpu, *this,
                  cpu::MsrFeatures{cpuid_.control_features(), cpuid_.tsc_aux(),
                                   host_.fast_strings()});
    if (config_.boot_rom.empty())
        bios_.emplace(environment(vcpu));
    if (config_.boot_rom.empty() && !door_.attach(board_.ports))
        panic("a device of the board has the ports of the BIOS");
    debugger_.connect(vcpu, space);
    find_silent_calls();
    vcpu.hypercalls = this;
    video_mapped_ = board_.vga.window_version();
    return map_all(space, storage_, board_.vga.window());
}

machine::Nanoseconds Vm::now() const {
    return host_.to_nanoseconds(host_time() - tsc_start_);
}

/// The host's TSC, or what it was when the guest's time began to stand still.
u64 Vm::host_time() const { return stopped_at_ != 0 ? stopped_at_ : host_.tsc(); }

bios::Environment Vm::environment(cpu::CpuState& cpu) {
    return {.cpu = cpu, .memory = board_.memory, .a20 = board_.a20, .clock = *this,
            .power = *this, .pic = board_.pic, .pit = board_.pit, .rtc = board_.rtc,
            .keyboard = board_.keyboard, .coprocessor = board_.coprocessor,
            .com1 = board_.com1, .lpt1 = board_.parallel, .vga = board_.vga, .pci = board_.pci, .drives = board_.drives,
            .screen = links_.screen,
            .memory_size = config_.memory_size, .board = board_.facts(),
            .boot_order = config_.boot_order.view(),
            .option_roms = config_.option_roms.span(),
            .raw_code = config_.raw_code, .raw_address = config_.raw_address,
            .raw_entry = config_.raw_entry, .keys = config_.keys};
}

/// The CPU at the reset vector, which jumps into our ROM's POST or the guest's own ROM.
void Vm::start() {
    board_.reset();
    if (bios_)
        board_.lapic.enter_virtual_wire_mode();
    door_.reset();
    apply_a20();
    apply_video();
    vcpu_->reset();
    vcpu_->regs.set(cpu::Gpr::rdx, cpuid_.signature());
    msrs_->reset();
    xcr0_ = 1;
    vcpu_->set_xcr0(xcr0_);
    tsc_offset_ = u64{0} - host_.tsc();
    if (stopped_at_ != 0)
        stopped_at_ = host_.tsc();
    vcpu_->set_tsc_offset(tsc_offset_);
    vcpu_->request_interrupt_window(false);
    window_requested_ = false;
    halted_ = false;
    apply_apic();
    debugger_.guest_reset();
    rearm();
}

void Vm::run() {
    space_->flush();
    start();
    slice_end_ = host_.tsc();
    if (config_.start_stopped)
        debugger_.stop();
    recorder_.reset_statistics(slice_end_);
    apply_trace();
    while (end() == End::running)
        step();
}

void Vm::step() {
    if (debugger_.active() != debugging_) {
        debugging_ = !debugging_;
        find_silent_calls();
        apply_apic();
    }
    if (debugging_)
        return debug_step();
    if (stands_still()) [[unlikely]]
        return rest();
    if (board_.lapic.wants_cpu())
        deliver_interrupts();
    if (halted_)
        return sleep();
    if (apic_shown_)
        follow_priority();
    const vcpu::VmExit exit = vcpu_->run(deadline_);
    recorder_.guest_until(host_.tsc());
    if (apic_shown_)
        board_.lapic.take_shown_priority();
    if (recorder_.options().modes) [[unlikely]]
        trace_mode();
    std::visit(ExitHandler{*this}, exit);
    entered_with_.reset();
    recorder_.exit_until(host_.tsc(), exit.index());
    if (recorder_.options().modes) [[unlikely]]
        trace_mode();
    if (attention_)
        finish_pending();
}

/// A step while breakpoints are set or the guest is stepped.
void Vm::debug_step() {
    if (stands_still())
        return rest();
    if (debugger_.fault_is_over())
        return end_after_fault();
    resume_time();
    if (board_.lapic.wants_cpu() && (halted_ || !debugger_.holds_interrupts()))
        deliver_interrupts();
    if (halted_)
        return sleep();
    bios_done_ = {};
    if (recorder_.options().instructions && debugger_.at_instruction())
        trace_instruction();
    const u64 entries = debugger_.entries();
    const auto exit = debugger_.enter(deadline_);
    recorder_.guest_until(host_.tsc());
    if (recorder_.options().modes)
        trace_mode();
    if (exit) {
        std::visit(ExitHandler{*this}, *exit);
        entered_with_.reset();
        recorder_.exit_until(host_.tsc(), exit->index());
        if (recorder_.options().modes)
            trace_mode();
        debugger_.handled(*exit, bios_done_);
    } else if (debugger_.entries() != entries) {
        recorder_.own_exit_until(host_.tsc());
    }
    if (attention_)
        finish_pending();
}

void Vm::apply_trace() {
    find_silent_calls();
    apply_apic();
    // Without exits for CR0.PE and PG the guest changes modes without us.
    debugger_.follow(recorder_.options().instructions, recorder_.options().modes);
    last_mode_ = cpu::mode_of(*vcpu_);
}

/// What a far jump changes is seen with the next exit, before it is handled.
void Vm::trace_mode() {
    const cpu::Mode mode = cpu::mode_of(*vcpu_);
    if (mode != last_mode_)
        recorder_.mode(last_mode_, mode, *vcpu_);
    last_mode_ = mode;
}

void Vm::trace_instruction() {
    InstructionEvent event;
    event.mode = cpu::mode_of(*vcpu_);
    event.length = static_cast<u8>(
        GuestView{*vcpu_, path_}.read(cpu::linear_rip(*vcpu_), std::span{event.bytes}));
    recorder_.instruction(event, *vcpu_);
}

bool Vm::stands_still() const {
    return debugger_.stopped() || paused_.load(std::memory_order_relaxed);
}

/// A debugger has the guest, or it is paused: its time stands still, and only the host's work goes
/// on. Nothing is due when it goes on that was not due before.
void Vm::rest() {
    if (stopped_at_ == 0)
        stopped_at_ = host_.tsc();
    if (debugger_.stopped() && !held()) {
        held_.store(true, std::memory_order_relaxed);
        announce_stop();
    }
    host_.idle_until(host_.tsc() +
                     host_.to_ticks(debugger_.stopped() ? rest_interval : config_.slice));
    recorder_.idle_until(host_.tsc());
    host_.poll();
    obey(order_.exchange(Order::none, std::memory_order_acquire));
    mailbox_.serve(*this);
    if (!stands_still())
        resume_time();
}

void Vm::announce_stop() {
    const Stop& why = debugger_.last_stop();
    if (why.owner != BreakOwner::user || why.cause == StopCause::request ||
        why.cause == StopCause::fault)
        return;
    char text[80];
    TextBuffer place{text};
    print_code_address(place, *vcpu_);
    log(LogArea::vm, LogLevel::info, "vm {}: stopped at {}: {}", config_.name.view(), place.view(),
        why.text.view());
}

void Vm::resume_time() {
    if (stopped_at_ == 0)
        return;
    const u64 gone = host_.tsc() - stopped_at_;
    stopped_at_ = 0;
    held_.store(false, std::memory_order_relaxed);
    tsc_start_ += gone;
    tsc_offset_ -= gone;
    vcpu_->set_tsc_offset(tsc_offset_);
    rearm();
}

void Vm::finish_pending() {
    attention_ = false;
    if (end() != End::running)
        return;
    log(LogArea::vm, LogLevel::debug, "vm {}: reset by {}", config_.name.view(), reset_reason_);
    recorder_.sentence("reset", *vcpu_);
    start();
}

void Vm::send_nmi() {
    devices::ApicMessage message;
    message.delivery = devices::ApicMessage::Delivery::nmi;
    board_.lapic.deliver(message);
}

void Vm::deliver_nmi() {
    if (!vcpu_->can_take_nmi() || vcpu_->pending_event()) {
        vcpu_->request_nmi_window(true);
        return;
    }
    board_.lapic.take_nmi();
    const cpu::Event event{cpu::EventType::nmi, cpu::exception::nmi, {}, 0};
    recorder_.interrupt(event, *vcpu_);
    vcpu_->inject(event);
    halted_ = false;
}

void Vm::deliver_interrupts() {
    if (board_.lapic.nmi_pending())
        deliver_nmi();
    if (!board_.lapic.interrupt_pending())
        return;
    if (vcpu_->can_take_interrupt()) {
        const cpu::Event event{cpu::EventType::external_interrupt, board_.acknowledge(), {}, 0};
        recorder_.interrupt(event, *vcpu_);
        vcpu_->inject(event);
        entered_with_ = event;
        entered_at_ = vcpu_->regs.rip;
        halted_ = false;
        if (window_requested_) {
            vcpu_->request_interrupt_window(false);
            window_requested_ = false;
        }
    } else if (!window_requested_ && !halted_) {
        vcpu_->request_interrupt_window(true);
        window_requested_ = true;
    }
}

/// Nothing to run until an interrupt comes: the physical CPU sleeps as well.
void Vm::sleep() {
    if (host_.tsc() < deadline_)
        host_.idle_until(deadline_);
    recorder_.idle_until(host_.tsc());
    tick();
}

/// The slice is over or a device is due.
void Vm::tick() {
    const machine::Nanoseconds time = now();
    board_.expire(time);
    if (host_.tsc() >= slice_end_) {
        host_.poll();
        // One key at a time, so that the guest's own buffers are the only ones to run over.
        if (board_.keyboard.queued() == 0)
            if (const auto key = links_.keys.next_key(); !key.empty())
                static_cast<void>(board_.keyboard.key(key));
        slice_end_ = host_.tsc() + host_.to_ticks(config_.slice);
        watch_spinning();
        obey(order_.exchange(Order::none, std::memory_order_acquire));
    }
    mailbox_.serve(*this);
    rearm();
}

void Vm::rearm() {
    const machine::Nanoseconds next = board_.next_deadline();
    deadline_ = slice_end_;
    if (next != machine::never)
        deadline_ = std::min(deadline_, tsc_start_ + host_.to_ticks(next) + 1);
}

void Vm::obey(Order order) {
    switch (order) {
    case Order::none:
        break;
    case Order::pause:
        paused_ = true;
        break;
    case Order::resume:
        paused_ = false;
        break;
    case Order::reset:
        reset_now("the console");
        break;
    case Order::stop:
        if (end() != End::running)
            break;
        log(LogArea::vm, LogLevel::info, "vm {}: stopped: by the console", config_.name.view());
        end_with(End::stopped, fault_status);
        break;
    }
}

void Vm::apply_a20() {
    if (board_.a20.enabled() == a20_mapped_)
        return;
    a20_mapped_ = board_.a20.enabled();
    if (!map_a20(*space_, storage_, board_.vga.window(), a20_mapped_))
        stop("no memory for the page tables that A20 off needs");
    debugger_.remapped();
    space_->flush();
}

/// Shows the guest the part of video memory that the VGA has at A0000h-BFFFFh now.
void Vm::apply_video() {
    const u32 version = board_.vga.window_version();
    if (version == video_mapped_)
        return;
    video_mapped_ = version;
    if (!lay_out(board_.memory, storage_, board_.vga.window()))
        panic("a VM's video memory does not fit its address space");
    if (!map_window(*space_, storage_, board_.vga.window(), a20_mapped_))
        stop("no memory for the page tables of video memory");
    debugger_.remapped();
    space_->flush();
}

/// Lets the CPU show the guest its local APIC, unless a debugger or a trace wants every access.
void Vm::apply_apic() {
    const auto& traced = recorder_.options().memory;
    const bool wanted = board_.lapic.in_memory() && !debugging_ && traced.empty();
    if (wanted == apic_shown_ || !vcpu_->virtualize_apic(wanted))
        return;
    apic_shown_ = wanted;
    priority_threshold_ = 0;
    board_.lapic.show_in(wanted ? vcpu_->apic_registers() : std::span<u32>{});
}

/// The CPU comes back when the guest lets in what waits for its task priority.
void Vm::follow_priority() {
    const u8 held_back = board_.lapic.held_back();
    if (held_back == priority_threshold_)
        return;
    priority_threshold_ = held_back;
    vcpu_->set_priority_threshold(held_back);
}

void Vm::request_reset(const char* why) {
    attention_ = true;
    reset_reason_ = why;
}

void Vm::reset_now(const char* why) {
    paused_ = false;
    request_reset(why);
    finish_pending();
}

void Vm::power_off() {
    if (end() != End::running)
        return;
    log(LogArea::vm, LogLevel::info, "vm {}: powered off", config_.name.view());
    end_with(End::powered_off, 0);
}

void Vm::exit_with(u8 status) {
    if (end() != End::running)
        return;
    log(LogArea::vm, LogLevel::info, "vm {}: exit status {}", config_.name.view(), status);
    end_with(End::exit_status, status);
}

void Vm::end_with(End end, u8 status) {
    attention_ = true;
    status_ = status;
    end_.store(end, std::memory_order_release);
    debugger_.ended(status);
}

bool Vm::read_state(u32 index, u64& value) const { return vcpu_->read_state_msr(index, value); }
bool Vm::write_state(u32 index, u64 value) { return vcpu_->write_state_msr(index, value); }
bool Vm::read_apic(u32 index, u64& value) { return board_.lapic.read_msr(index, value); }
bool Vm::write_apic(u32 index, u64 value) { return board_.lapic.write_msr(index, value); }

machine::Nanoseconds Vm::time_of_tsc(u64 value) const {
    constexpr u64 too_far = bit(62);
    if (value > read_tsc() && value - read_tsc() >= too_far)
        return machine::never;
    const u64 passed = value - tsc_offset_ - tsc_start_;
    const bool before_power_on = (passed & bit(63)) != 0;
    return before_power_on ? 0 : host_.to_nanoseconds(passed) + 1;
}

u64 Vm::read_tsc() const { return host_time() + tsc_offset_; }
void Vm::advance_tsc(u64 difference) {
    tsc_offset_ += difference;
    vcpu_->set_tsc_offset(tsc_offset_);
}

u64 Vm::read(Gpa address, Width width) {
    const auto bytes_there = board_.memory.view(address, bytes(width));
    if (bytes_there.empty()) {
        const u64 answer = board_.mmio.read(address, width);
        recorder_.memory({address, width, false, answer}, *vcpu_);
        return answer;
    }
    u64 value = 0;
    for (std::size_t i = 0; i < bytes_there.size(); ++i)
        value |= u64{static_cast<u8>(bytes_there[i])} << (8 * i);
    return value;
}

void Vm::write(Gpa address, Width width, u64 value) {
    if (board_.memory.view(address, bytes(width)).empty()) {
        recorder_.memory({address, width, true, value}, *vcpu_);
        return board_.mmio.write(address, width, value);
    }
    std::array<std::byte, 8> raw{};
    store_le<u64>(raw, 0, value);
    board_.memory.write(address, std::span{raw}.first(bytes(width)));
}

} // namespace vestige::vm
