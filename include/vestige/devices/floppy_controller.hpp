// SPDX-License-Identifier: BSD-2-Clause
// The floppy controller of an AT: an 82077AA in its AT mode, with DMA channel 2 (Intel 82077AA data
// sheet). Commands run at once; only DMA and the host's pace are waited for.
#pragma once

#include "vestige/devices/dma8237.hpp"
#include "vestige/machine/backends.hpp"
#include "vestige/machine/interrupt_line.hpp"

namespace vestige::devices {

/// A drive and what is in it.
struct FloppyDrive {
    machine::BlockDevice* medium = nullptr; ///< 512-byte sectors
    u8 cylinders = 0;
    u8 heads = 0;
    u8 sectors = 0; ///< per track
    bool there = false;
    bool changed = true; ///< the disk change line: no step since the medium came
    u8 cylinder = 0;     ///< where the heads are
    u8 rotation = 0;     ///< sector that passes the head next
};

class FloppyController final : public machine::PortDevice, public DmaDevice {
  public:
    static constexpr unsigned dma_channel = 2, drive_count = 4;

    FloppyController(machine::InterruptLine line, Dma8237& dma) : line_{line}, dma_{dma} {}
    /// As POST leaves it after power-on: enabled, every interrupt of the reset sensed. Media stay.
    void reset();
    [[nodiscard]] bool attach(machine::PortBus& bus);
    /// Puts a drive with a medium of this format on the cable; cylinders 0: takes it away.
    void plug(unsigned unit, const FloppyDrive& drive);

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    void dma_ready() override { pump(); }

    [[nodiscard]] const FloppyDrive& drive(unsigned unit) const { return drives_[unit]; }

  private:
    enum class Phase : u8 { command, execution, result };
    /// What the execution phase does with the sectors that pass.
    enum class Job : u8 { read, write, verify, format };
    struct Transfer {
        Job job = Job::read;
        u8 unit = 0;
        u8 head = 0; ///< as selected, not as the sector's ID says
        u8 c = 0, h = 0, r = 0, n = 0;
        u8 last = 0; ///< EOT
        bool both_heads = false;
        u32 count = 0; ///< sectors that VERIFY looks at; formats: sectors of the track
        u8 filler = 0;
        std::size_t position = 0; ///< in the buffer
        bool loaded = false;      ///< the buffer holds the sector c/h/r
    };
    struct Failure {
        u8 st1 = 0;
        u8 st2 = 0;
    };

    void clear();
    void write_output(u8 value);
    void write_fifo(u8 value);
    [[nodiscard]] u8 read_fifo();
    [[nodiscard]] u8 main_status() const;
    [[nodiscard]] u8 digital_input() const;
    void run_command();
    void run_transfer(Job job);
    void run_control(u8 code);

    void specify();
    void seek(unsigned unit, unsigned cylinder);
    void recalibrate();
    void relative_seek(bool inward);
    void sense_interrupt();
    void sense_drive();
    void read_id();
    void dump_registers();
    void format();

    [[nodiscard]] bool ready(unsigned unit) const;
    [[nodiscard]] bool matches_rate(const FloppyDrive& drive) const;
    [[nodiscard]] bool find_sector(Failure& failure) const;
    [[nodiscard]] Lba place() const;
    [[nodiscard]] bool next_sector();
    void pump();
    [[nodiscard]] bool pump_sector();
    [[nodiscard]] bool finish_sector();
    [[nodiscard]] bool load_sector();
    [[nodiscard]] bool store_sector();
    void end_transfer(u8 st0, const Failure& failure);
    void answer(std::initializer_list<u8> bytes);
    void idle();
    void raise(bool level);

    machine::InterruptLine line_;
    Dma8237& dma_;
    std::array<FloppyDrive, drive_count> drives_{};
    Phase phase_ = Phase::command;
    std::array<u8, 16> fifo_{}; ///< the command's bytes, then its results
    std::size_t fifo_used_ = 0;
    std::size_t fifo_size_ = 0;
    Transfer transfer_;
    std::array<std::byte, 512> buffer_{};
    u8 output_ = 0;  ///< DOR
    u8 rate_ = 2;    ///< data rate: 500, 300, 250 kbit/s, 1 Mbit/s
    u8 tape_ = 0;    ///< TDR
    u8 seeking_ = 0; ///< drives whose seek has not been sensed, as a mask
    u8 seek_status_ = 0;
    u8 resets_to_sense_ = 0;
    std::array<u8, 2> specified_{};
    std::array<u8, 2> configured_{}; ///< implied seek and FIFO; precompensation
    u8 perpendicular_ = 0;
    bool locked_ = false;
    bool interrupt_ = false;
};

} // namespace vestige::devices
