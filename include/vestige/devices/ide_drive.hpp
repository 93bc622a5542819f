// SPDX-License-Identifier: BSD-2-Clause
// What every drive on an IDE cable has: the task file, the data register and its buffer, and the
// data phases of PIO and DMA (ATA/ATAPI-6, "General operational requirements").
#pragma once

#include "vestige/machine/backends.hpp"

#include <array>

namespace vestige::devices {

namespace ide_status {
inline constexpr u8 busy = 0x80, ready = 0x40, seek_complete = 0x10, request = 0x08, error = 0x01;
} // namespace ide_status

namespace ide_error {
inline constexpr u8 interface = 0x80, uncorrectable = 0x40, not_found = 0x10, aborted = 0x04;
} // namespace ide_error

/// A register of the task file. A write keeps the value before it for the 48-bit commands.
struct TaskRegister {
    u8 now = 0;
    u8 before = 0;
    void write(u8 value) {
        before = now;
        now = value;
    }
    /// Both halves of a 16-bit value.
    void set(u16 value) {
        now = static_cast<u8>(value);
        before = static_cast<u8>(value >> 8);
    }
};

/// The registers that say what a command works on.
struct TaskFile {
    TaskRegister features;
    TaskRegister count;
    TaskRegister low;
    TaskRegister mid;
    TaskRegister high;
    u8 device = 0;
};

/// A drive as its channel sees it. Commands run at once: nothing is ever seen busy.
class IdeDrive {
  public:
    /// The data phase that a command is in.
    enum class Phase : u8 { none, pio_in, pio_out, dma_in, dma_out };

    TaskFile task;

    [[nodiscard]] u8 status() const { return status_; }
    [[nodiscard]] u8 error() const { return error_; }
    /// INTRQ, as long as the status register has not been read.
    [[nodiscard]] bool interrupt() const { return interrupt_; }
    void acknowledge() { interrupt_ = false; }
    [[nodiscard]] Phase phase() const { return phase_; }
    [[nodiscard]] bool present() const { return medium_ != nullptr; }
    [[nodiscard]] virtual bool is_packet_device() const { return false; }

    /// As after power-on, with the drive's settings forgotten.
    virtual void power_on() = 0;
    /// SRST of the device control register: ends any command, keeps settings.
    void soft_reset();
    /// A write to the command register.
    void execute(u8 command);
    /// EXECUTE DEVICE DIAGNOSTIC reaches both drives of a cable; interrupt: this one answers.
    void diagnose(bool interrupt);

    /// Bytes from the data register; all ones where no data phase gives any.
    void read_data(std::span<std::byte> out);
    void write_data(std::span<const std::byte> data);

    /// Bytes that a DMA command still has to move.
    [[nodiscard]] u64 dma_left() const;
    /// Moves the next bytes of a DMA command, at most dma_left(). False: the medium failed and the
    /// command has ended with an error.
    [[nodiscard]] bool dma_read(std::span<std::byte> out);
    [[nodiscard]] bool dma_write(std::span<const std::byte> data);
    /// All bytes of a DMA command have moved.
    void dma_done();
    /// The host's side cannot go on: the command ends with an interface error.
    void dma_abort() { fail(ide_error::interface | ide_error::aborted); }

  protected:
    static constexpr std::size_t buffer_size = 8192;
    ~IdeDrive() = default;

    /// Runs a command: every path ends in finish(), fail() or a data phase.
    virtual void run(u8 command) = 0;
    /// The host took or gave the whole block of a PIO data phase.
    virtual void block_read() = 0;
    virtual void block_written() = 0;
    virtual void dma_complete() = 0;
    virtual void medium_failed(machine::BlockError error) = 0;
    /// The signature that a reset leaves in the task file.
    virtual void sign() = 0;

    void finish();
    void fail(u8 error);
    void raise() { interrupt_ = true; }
    /// Ends whatever data phase there is.
    void end_phase();
    /// Starts a block of a PIO data phase of size bytes from the buffer's position on.
    void offer(std::size_t size);
    void expect(std::size_t size);
    void start_dma(Phase direction);

    /// Fills the buffer with count sectors, or empties it onto the medium; false: medium_failed().
    [[nodiscard]] bool load(u32 count);
    [[nodiscard]] bool store();
    [[nodiscard]] u32 sector_size() const { return medium_->sector_size(); }

    machine::BlockDevice* medium_ = nullptr;
    std::array<std::byte, buffer_size> buffer_{};
    std::size_t used_ = 0;      ///< position in the buffer
    std::size_t block_end_ = 0; ///< of the present block of a PIO data phase
    std::size_t filled_ = 0;    ///< bytes in the buffer
    Lba next_;                  ///< sector that moves next
    u32 left_ = 0;              ///< sectors that have not passed the buffer yet
    u8 status_ = 0;
    u8 error_ = 0;

  private:
    [[nodiscard]] bool read_direct(std::span<std::byte>& out);
    [[nodiscard]] bool write_direct(std::span<const std::byte>& data);

    Phase phase_ = Phase::none;
    bool interrupt_ = false;
};

} // namespace vestige::devices
