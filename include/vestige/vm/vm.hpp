// SPDX-License-Identifier: BSD-2-Clause
// A virtual machine: a board, a BIOS, a vCPU, and the loop that runs them.
#pragma once

#include "vestige/base/log.hpp"
#include "vestige/bios/bios.hpp"
#include "vestige/bios/door.hpp"
#include "vestige/config/vm_plan.hpp"
#include "vestige/cpu/decode_cache.hpp"
#include "vestige/cpu/exception_combining.hpp"
#include "vestige/cpu/linear_access.hpp"
#include "vestige/cpu/memory_bus.hpp"
#include "vestige/cpu/msr_policy.hpp"
#include "vestige/vcpu/vcpu.hpp"
#include "vestige/vm/board.hpp"
#include "vestige/vm/debugger.hpp"
#include "vestige/vm/host_services.hpp"
#include "vestige/vm/mailbox.hpp"
#include "vestige/vm/memory_layout.hpp"
#include "vestige/vm/recorder.hpp"
#include "vestige/vm/spin_watch.hpp"
#include "vestige/vm/symbol_table.hpp"

#include <atomic>

namespace vestige::vm {

/// How a VM's life ended.
enum class End : u8 { running, powered_off, exit_status, stopped };

/// What a fault of the guest's does to its VM (boot word onfault=).
enum class OnFault : u8 { stop, reset };

/// Orders from the console to a VM on another CPU.
enum class Order : u8 { none, pause, resume, reset, stop };

struct VmConfig {
    Text<16> name;
    unsigned cpu = 0; ///< number of the physical CPU
    u64 memory_size = 0;
    u64 wall_clock = 0;
    Text<8> boot_order;
    bios::KeyLayout keys = bios::KeyLayout::us;
    /// Raw code instead of a boot medium.
    std::span<const std::byte> raw_code;
    Gpa raw_address{0x7c00};
    FarPtr raw_entry{0, 0x7c00};
    /// Option ROMs that the BIOS initialises.
    StaticVector<std::span<const std::byte>, config::most_option_roms> option_roms;
    /// A boot ROM of the guest's own: then there is no BIOS of ours.
    std::span<const std::byte> boot_rom;
    OnFault on_fault = OnFault::stop;
    /// The longest that a guest runs before the host looks at its own work.
    machine::Nanoseconds slice = 10'000'000;
    /// A debugger has it before the first instruction.
    bool start_stopped = false;
    config::TraceOptions trace;
    SymbolTable symbols;
};

struct VmLinks {
    BoardLinks board;
    bios::ScreenObserver& screen;
    KeySource& keys;
};

class Vm final : public machine::PowerControl,
                 public machine::TscClock,
                 public cpu::MemoryBus,
                 public cpu::MsrBackend,
                 public vcpu::HypercallSink,
                 public bios::DoorKeeper {
  public:
    Vm(const VmConfig& config, HostServices& host, const VmLinks& links, const GuestStorage& storage);

    /// Gives the VM its vCPU and address space; maps memory. False when page tables run out.
    [[nodiscard]] bool connect(vcpu::Vcpu& vcpu, vcpu::AddressSpace& space);
    /// Runs the guest until the VM's end. On the CPU that owns the vCPU.
    void run();

    [[nodiscard]] End end() const { return end_.load(std::memory_order_acquire); }
    /// Exit status as tools/run has it: 0, the guest's own, or 126 after a fault.
    [[nodiscard]] u8 status() const { return status_; }
    [[nodiscard]] const VmConfig& config() const { return config_; }
    [[nodiscard]] Board& board() { return board_; }
    void order(Order order) { order_.store(order, std::memory_order_release); }
    /// MSRs that the guest may reach without an exit.
    [[nodiscard]] cpu::CpuidPolicy& cpuid() { return cpuid_; }

    /// Where other CPUs leave work for this VM's, see Job.
    [[nodiscard]] Mailbox& mailbox() { return mailbox_; }
    /// Does what waits in the mailbox: for the VM's CPU when run() is over.
    void serve_mail() { mailbox_.serve(*this); }
    [[nodiscard]] bool paused() const { return paused_; }
    /// The debugger has stopped it.
    [[nodiscard]] bool held() const { return held_.load(std::memory_order_relaxed); }

    // For jobs: on the VM's CPU, between two exits.
    [[nodiscard]] bool connected() const { return vcpu_ != nullptr; }
    [[nodiscard]] vcpu::Vcpu& cpu() { return *vcpu_; }
    [[nodiscard]] vcpu::AddressSpace& space() { return *space_; }
    [[nodiscard]] const cpu::PhysicalPath& path() const { return path_; }
    [[nodiscard]] HostServices& host() { return host_; }
    [[nodiscard]] Debugger& debugger() { return debugger_; }
    [[nodiscard]] bool halted() const { return halted_; }
    void pause() { paused_ = true; }
    void resume() { paused_ = false; }
    /// Does now what a guest's request for reset does after its exit.
    void reset_now(const char* why);
    [[nodiscard]] Recorder& recorder() { return recorder_; }
    void trace(const config::TraceOptions& options);
    /// What was said when the guest ran into a fault; empty as long as it has not.
    [[nodiscard]] std::string_view fault_report() const { return report_.view(); }
    /// Gives the guest an NMI as soon as it can take one.
    void send_nmi();

    // DoorKeeper
    void at_door() override;
    [[nodiscard]] bios::Environment environment(cpu::CpuState& cpu) override;
    // PowerControl
    void request_reset(const char* why) override;
    void power_off() override;
    void exit_with(u8 status) override;
    // TscClock
    [[nodiscard]] machine::Nanoseconds now() const override;
    [[nodiscard]] machine::Nanoseconds time_of_tsc(u64 value) const override;
    // MemoryBus: memory and devices
    u64 read(Gpa address, Width width) override;
    void write(Gpa address, Width width, u64 value) override;
    // HypercallSink
    [[nodiscard]] u64 serve_hypercall(Linear at, bool paging) override;
    // MsrBackend
    [[nodiscard]] bool read_state(u32 index, u64& value) const override;
    [[nodiscard]] bool write_state(u32 index, u64 value) override;
    [[nodiscard]] bool read_apic(u32 index, u64& value) override;
    [[nodiscard]] bool write_apic(u32 index, u64 value) override;
    [[nodiscard]] u64 read_tsc() const override; // TscClock's as well
    void advance_tsc(u64 difference) override;

  private:
    friend struct ExitHandler;

    void start();
    void finish_pending();
    void step();
    void debug_step();
    [[nodiscard]] bool stands_still() const;
    [[nodiscard]] u64 host_time() const;
    void rest();
    void announce_stop();
    void resume_time();
    void deliver_interrupts();
    void deliver_nmi();
    void sleep();
    void tick();
    void rearm();
    void apply_a20();
    void apply_video();
    void apply_apic();
    void follow_priority();
    void obey(Order order);

    void hypercall(Linear at, bool paging);
    void timed_hypercall(Linear at, bool paging);
    void find_silent_calls();
    [[nodiscard]] std::optional<bios::Stub> stub_at(Linear at, bool paging) const;
    [[nodiscard]] bool has_booted(bios::Stub stub) const;
    void serve(bios::Stub stub);
    void apply_trace();
    void trace_mode();
    void trace_instruction();
    void watch_fault_loop(u8 interrupt);
    void watch_spinning();
    void port_access(const vcpu::IoExit& exit);
    void string_access(const vcpu::IoExit& exit);
    void raise_single_step();
    void memory_access(const vcpu::MemoryExit& exit);
    void apic_write(const vcpu::ApicWriteExit& exit);
    void cpuid_instruction();
    [[nodiscard]] std::optional<cpu::CpuidResult> own_leaf(u32 leaf) const;
    void msr_access(const vcpu::MsrExit& exit);
    void control_access(const vcpu::CrExit& exit);
    void debug_access(const vcpu::DrExit& exit);
    void set_xcr();
    void task_switch(const vcpu::TaskSwitchExit& exit);
    void shutdown();
    [[nodiscard]] std::optional<cpu::Event> replay_fault();
    void failed_entry(const vcpu::FailedEntryExit& exit);

    /// Delivers a fault to the guest, combined with an event that was on its way.
    void raise(const cpu::Event& event);
    /// Ends the VM because of what its guest did, with a report. first: the exception that began it.
    void stop(std::string_view reason, std::optional<cpu::Event> first = {});
    void end_after_fault();
    void explain_fault(std::optional<cpu::Event> first, std::optional<FarPtr> at, bool shut_down);
    /// As stop(), but the guest goes on.
    void report(std::string_view reason, std::optional<cpu::Event> first,
                std::optional<FarPtr> at);
    void end_with(End end, u8 status);
    void log_report() const;
    [[nodiscard]] cpu::LinearAccess access() { return {*vcpu_, path_}; }

    VmConfig config_;
    HostServices& host_;
    VmLinks links_;
    GuestStorage storage_;
    Board board_;
    vcpu::Vcpu* vcpu_ = nullptr;
    vcpu::AddressSpace* space_ = nullptr;
    cpu::CpuidPolicy cpuid_;
    cpu::DecodeCache decoded_;
    cpu::PhysicalPath path_;
    std::optional<cpu::MsrState> msrs_;
    std::optional<bios::Bios> bios_;
    bios::Door door_{*this};
    Debugger debugger_{path_};
    bool debugging_ = false; ///< debug_step() runs the guest
    BiosDone bios_done_; ///< by the exit that is being handled
    u64 stopped_at_ = 0; ///< host TSC when the guest's time stood still; 0: it goes on
    u64 tsc_start_;
    u64 tsc_offset_ = 0;
    u64 deadline_ = 0;      ///< host TSC at which a device or the slice is due
    u64 slice_end_ = 0;
    u64 xcr0_ = 1;
    bool halted_ = false;
    bool reported_halt_ = false;
    bool apic_shown_ = false; ///< by the CPU, without exits for reads
    u8 priority_threshold_ = 0;
    bool a20_mapped_ = true;
    u32 video_mapped_ = 0;
    bool window_requested_ = false;
    bool attention_ = false; ///< a reset is wanted, or the end has come
    std::atomic<bool> paused_{false};
    std::atomic<bool> held_{false};
    const char* reset_reason_ = "";
    unsigned foreign_vmcalls_ = 0;
    std::optional<cpu::Event> entered_with_; ///< what the last entry had to deliver, if we gave it
    u64 entered_at_ = 0;                     ///< RIP of that entry
    cpu::Mode last_mode_ = cpu::Mode::real;
    FarPtr loop_at_;                         ///< where the exception that only returns came from
    unsigned loop_count_ = 0;
    u64 quiet_exits_ = 0; ///< exits that count as a sign of life, when last looked at
    SpinWatch spinning_;
    Recorder recorder_;
    char report_text_[8192];
    TextBuffer report_{report_text_};
    /// BIOS calls that only return, by interrupt.
    std::array<bool, 256> silent_{};
    u8 status_ = 0;
    std::atomic<End> end_{End::running};
    std::atomic<Order> order_{Order::none};
    Mailbox mailbox_;
};

} // namespace vestige::vm
