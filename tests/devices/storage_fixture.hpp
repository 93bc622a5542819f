// SPDX-License-Identifier: BSD-2-Clause
// Media in memory and a recorder of interrupt lines for the tests of storage devices.
#pragma once

#include "vestige/devices/floppy_controller.hpp"
#include "vestige/devices/ide_controller.hpp"
#include "vestige/devices/pci.hpp"
#include "vestige/machine/backends.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace vestige::test {

/// A medium whose sectors start with their own number in every byte pair.
class FakeMedium final : public machine::BlockDevice {
  public:
    FakeMedium(u64 sectors, u32 sector_size) : bytes(sectors * sector_size), size_{sector_size} {
        for (std::size_t i = 0; i < bytes.size(); i += 2) {
            const std::size_t sector = i / size_;
            bytes[i] = static_cast<std::byte>(sector);
            bytes[i + 1] = static_cast<std::byte>(i % size_ / 2 + sector / 256);
        }
    }
    u32 sector_size() const override { return size_; }
    u64 sector_count() const override { return bytes.size() / size_; }
    bool read_only() const override { return locked; }
    Result<Unit, machine::BlockError> read(Lba first, std::span<std::byte> out) override {
        if (first.value * size_ + out.size() > bytes.size())
            return Error{machine::BlockError::out_of_range};
        if (first.value <= bad && bad < first.value + out.size() / size_)
            return Error{machine::BlockError::medium};
        std::copy_n(bytes.begin() + static_cast<long>(first.value * size_), out.size(),
                    out.begin());
        ++reads;
        return Unit{};
    }
    Result<Unit, machine::BlockError> write(Lba first, std::span<const std::byte> data) override {
        if (locked)
            return Error{machine::BlockError::write_protected};
        if (first.value * size_ + data.size() > bytes.size())
            return Error{machine::BlockError::out_of_range};
        if (first.value <= bad && bad < first.value + data.size() / size_)
            return Error{machine::BlockError::medium};
        std::copy(data.begin(), data.end(),
                  bytes.begin() + static_cast<long>(first.value * size_));
        return Unit{};
    }
    std::vector<std::byte> sector(u64 number) const {
        const auto at = bytes.begin() + static_cast<long>(number * size_);
        return {at, at + size_};
    }

    std::vector<std::byte> bytes;
    bool locked = false;
    u64 bad = ~u64{0}; ///< a sector that cannot be read or written
    unsigned reads = 0;

  private:
    u32 size_;
};

struct FakeInterrupts final : machine::InterruptController {
    void set_line(unsigned line, bool level) override {
        if (level && !levels.at(line))
            ++edges.at(line);
        levels.at(line) = level;
    }
    std::array<bool, 32> levels{};
    std::array<unsigned, 32> edges{};
};

struct NoPower final : machine::PowerControl {
    void request_reset(const char*) override { ++resets; }
    void power_off() override {}
    void exit_with(u8) override {}
    unsigned resets = 0;
};

/// Buses, 1 MiB of memory and PCI bus 0, with an IDE controller whose ports are enabled.
struct StoragePc {
    static constexpr u16 bus_master = 0xc000;

    StoragePc() {
        static_cast<void>(memory.add({Gpa{0}, ram, machine::RegionKind::ram}));
        static_cast<void>(pci.attach(*ports, mmio) && pci.add(ide));
        static_cast<void>(dma.attach(*ports) && floppy.attach(*ports));
        ide.attach(*ports);
    }
    /// As after POST.
    void power_on() {
        pci.reset();
        config(0x0920, 0xc000);
        config(0x0904, 0x0005);
        config(0x0940, 0x80008000);
    }
    void config(u32 address, u32 value) { pci.write_config(address, Width::dword, value); }
    u32 config(u32 address) { return pci.read_config(address, Width::dword); }
    void out(u16 port, u32 value, Width width = Width::byte) {
        ports->write(Port{port}, width, value);
    }
    u32 in(u16 port, Width width = Width::byte) { return ports->read(Port{port}, width); }

    std::vector<std::byte> ram = std::vector<std::byte>(1 << 20);
    std::unique_ptr<machine::PortBus> ports = std::make_unique<machine::PortBus>();
    machine::MmioBus mmio;
    machine::GuestMemory memory;
    FakeInterrupts lines;
    NoPower power;
    devices::PciHost pci{power, lines};
    devices::IdeController ide{{lines, 14}, {lines, 15}, memory};
    devices::Dma8237 dma{memory};
    devices::FloppyController floppy{{lines, 6}, dma};
};

} // namespace vestige::test
