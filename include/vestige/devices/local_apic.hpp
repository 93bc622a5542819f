// SPDX-License-Identifier: BSD-2-Clause
// The boot CPU's local APIC: memory-mapped (xAPIC) or through MSRs (x2APIC). SDM 3A, "Advanced
// Programmable Interrupt Controller".
#pragma once

#include "vestige/devices/apic_timer.hpp"
#include "vestige/devices/apic_vectors.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/mmio_bus.hpp"
#include "vestige/machine/power_control.hpp"

#include <span>

namespace vestige::devices {

/// An interrupt on its way to local APICs: from an I/O APIC, a message or another CPU.
struct ApicMessage {
    enum class Delivery : u8 { fixed, lowest, smi, reserved, nmi, init, startup, external };

    Vector vector;
    Delivery delivery = Delivery::fixed;
    bool logical = false;
    bool level = false;
    u32 destination = 0;
};

/// Who hears of the end of a level-triggered interrupt: the I/O APIC.
class EoiListener {
  public:
    virtual void end_of_interrupt(Vector vector) = 0;

  protected:
    ~EoiListener() = default;
};

/// APIC ID 0. Its pins are lines 0 (LINT0, where the 8259 pair's INTR is) and 1 (LINT1, NMI).
class LocalApic final : public machine::MmioDevice,
                        public machine::InterruptController,
                        public machine::MessageSink,
                        public machine::Timed {
  public:
    static constexpr Gpa base{0xfee00000};
    static constexpr u32 msr_base = 0x1b, msr_tsc_deadline = 0x6e0, msr_first = 0x800,
                         msr_last = 0x8ff;

    LocalApic(const machine::TscClock& clock, machine::PowerControl& power, EoiListener& ends)
        : power_{power}, ends_{ends}, timer_{clock} {}

    /// As after power-on, with LINT0 ready for the 8259 pair as the MultiProcessor Specification
    /// wants it on the boot CPU.
    void reset();
    /// As a BIOS leaves it ("virtual wire"): enabled, LINT0 from the 8259 pair, LINT1 NMI.
    void enter_virtual_wire_mode();
    [[nodiscard]] bool attach(machine::MmioBus& bus) { return bus.attach(base, 0x1000, *this); }

    /// Something waits to be delivered to the CPU. Read on every VM exit.
    [[nodiscard]] bool wants_cpu() const { return wants_cpu_; }
    [[nodiscard]] bool nmi_pending() const { return nmi_; }
    void take_nmi();
    [[nodiscard]] bool interrupt_pending() const { return due_ || external_pending(); }
    /// The 8259 pair is to be asked for a vector (ExtINT).
    [[nodiscard]] bool external_pending() const;
    /// The vector to deliver, which is in service from now on; a spurious one when none is due.
    [[nodiscard]] Vector acknowledge();
    /// CR8: the task priority's class.
    [[nodiscard]] u8 task_priority() const { return tpr_; }
    void set_task_priority(u8 value);
    /// CPUID shows an APIC only while it is enabled.
    [[nodiscard]] bool enabled() const { return mode_ != Mode::disabled; }

    /// The registers are in memory: neither in MSRs nor gone.
    [[nodiscard]] bool in_memory() const { return mode_ == Mode::xapic; }

    /// For a CPU that serves the guest's reads itself: from now on words[offset / 4] has the
    /// registers as they are, but for those that change by time or by looking. Empty: no longer.
    void show_in(std::span<u32> words);
    /// Such a CPU lets the guest change its task priority there.
    void take_shown_priority() {
        const u8 shown = static_cast<u8>(shown_[priority_word]);
        if (shown != tpr_)
            set_task_priority(shown);
    }
    /// The class of an interrupt that nothing but the task priority holds back; 0: there is none.
    [[nodiscard]] u8 held_back() const { return held_back_; }

    /// True when the message is for this APIC.
    [[nodiscard]] bool matches(const ApicMessage& message) const;
    /// Takes a message that matches.
    void deliver(const ApicMessage& message);
    void message(u64 address, u32 data) override;
    void set_line(unsigned pin, bool level) override;

    u64 read_mmio(u64 offset, Width width) override;
    void write_mmio(u64 offset, Width width, u64 value) override;
    /// MSRs 1Bh, 6E0h and 800h-8FFh; false: #GP.
    [[nodiscard]] bool read_msr(u32 index, u64& value);
    [[nodiscard]] bool write_msr(u32 index, u64 value);

    [[nodiscard]] machine::Nanoseconds next_deadline() const override;
    void expire() override;

  private:
    enum class Mode : u8 { disabled, xapic, x2apic };
    enum Lvt : u8 { lvt_timer, lvt_thermal, lvt_counters, lvt_lint0, lvt_lint1, lvt_error };

    [[nodiscard]] u32 read(unsigned number) const;
    void write(unsigned number, u32 value);
    [[nodiscard]] bool write_x2apic(unsigned number, u64 value);
    [[nodiscard]] bool write_base(u64 value);
    void write_spurious(u32 value);
    void write_lvt(Lvt entry, u32 value);
    void end_of_interrupt();
    void send(u32 command, u32 destination);
    void pulse(Lvt entry);
    void accept(Vector vector, bool level);
    void record_error(u32 error);
    void latch_errors();
    [[nodiscard]] u8 processor_priority() const;
    [[nodiscard]] bool software_enabled() const;
    [[nodiscard]] bool in_logical(u32 destination) const;
    void update();
    void show(unsigned number);
    void show_vector(Vector vector);
    void show_all();

    static constexpr std::size_t priority_word = 0x80 / sizeof(u32);

    machine::PowerControl& power_;
    EoiListener& ends_;
    ApicTimer timer_;
    Mode mode_ = Mode::xapic;
    VectorSet irr_, isr_, tmr_;
    u8 tpr_ = 0;
    u32 ldr_ = 0;
    u32 dfr_ = 0;
    u32 spurious_ = 0;
    u32 command_low_ = 0;
    u32 command_high_ = 0;
    u32 errors_ = 0;       ///< seen since the last write to the error register
    u32 shown_errors_ = 0; ///< what the error register shows
    std::array<u32, 6> lvt_{};
    std::array<bool, 2> pins_{};
    bool nmi_ = false;
    bool due_ = false; ///< an interrupt of its own that the CPU's priority lets through
    bool wants_cpu_ = false;
    u8 held_back_ = 0;
    std::span<u32> shown_;
};

} // namespace vestige::devices
