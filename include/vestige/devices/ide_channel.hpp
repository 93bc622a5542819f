// SPDX-License-Identifier: BSD-2-Clause
// One IDE channel: its ports, its two drives and its interrupt.
#pragma once

#include "vestige/devices/ide_drive.hpp"
#include "vestige/machine/interrupt_line.hpp"
#include "vestige/machine/port_bus.hpp"

namespace vestige::devices {

/// Learns what happens on a channel's cable: the bus master of the controller.
class IdeCableListener {
  public:
    /// A command was written; it may want DMA.
    virtual void command_written() = 0;
    /// INTRQ rose.
    virtual void interrupt_raised() = 0;

  protected:
    ~IdeCableListener() = default;
};

/// Eight command ports and the control port (1F0h and 3F6h on the first channel).
class IdeChannel final : public machine::PortDevice {
  public:
    IdeChannel(machine::InterruptLine line, Port command, Port control)
        : line_{line}, command_base_{command}, control_port_{control} {}

    /// Puts the ports on the bus; false when somebody has one of them.
    [[nodiscard]] bool attach(machine::PortBus& bus);
    void detach(machine::PortBus& bus);
    void listen(IdeCableListener& listener) { listener_ = &listener; }
    /// Plugs a drive in as 0 (master) or 1 (slave); null pulls it.
    void plug(unsigned position, IdeDrive* drive) { drives_[position] = drive; }
    /// As after power-on, drives included.
    void reset();

    u32 read_port(Port port, Width width) override;
    void write_port(Port port, Width width, u32 value) override;
    void read_string(Port port, Width width, std::span<std::byte> out) override;
    void write_string(Port port, Width width, std::span<const std::byte> data) override;

    /// The drive that DEV selects; null when there is none.
    [[nodiscard]] IdeDrive* selected() const { return drives_[selected_]; }
    /// Drives the line after the drives have changed.
    void update_line();

  private:
    [[nodiscard]] u8 read_register(unsigned number);
    [[nodiscard]] u8 read_status() const;
    void write_register(unsigned number, u8 value);
    void write_task(unsigned number, u8 value);
    void write_command(u8 value);
    void write_control(u8 value);
    [[nodiscard]] bool empty() const { return drives_[0] == nullptr && drives_[1] == nullptr; }

    machine::InterruptLine line_;
    IdeCableListener* listener_ = nullptr;
    std::array<IdeDrive*, 2> drives_{};
    Port command_base_;
    Port control_port_;
    unsigned selected_ = 0;
    u8 control_ = 0;
    bool level_ = false;
};

} // namespace vestige::devices
