// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/host/interrupt_controllers.hpp"

#include "vestige/host/paging.hpp"
#include "vestige/host/port_io.hpp"

namespace vestige::host {
namespace {

/// Delays a little between writes to old controllers.
void settle() {
    out8(Port{0x80}, 0);
}

void initialize_pic(Port command, u8 first_vector, u8 cascade) {
    const Port data{static_cast<u16>(command.value + 1)};
    const u8 words[] = {first_vector, cascade, 1}; // ICW2-ICW4: 8086 mode
    out8(command, 0x11);                           // ICW1: edge, cascaded, ICW4 follows
    for (const u8 word : words) {
        settle();
        out8(data, word);
    }
    settle();
    out8(data, 0xff);
}

/// I/O APIC registers (82093AA data sheet): an index, then the data 10h above.
class IoApic {
  public:
    explicit IoApic(Hpa base) : base_{physical(base)} {}
    [[nodiscard]] u32 read(u32 index) const {
        select(index);
        return *data();
    }
    void write(u32 index, u32 value) const {
        select(index);
        *data() = value;
    }

  private:
    void select(u32 index) const { *reinterpret_cast<volatile u32*>(base_) = index; }
    [[nodiscard]] volatile u32* data() const {
        return reinterpret_cast<volatile u32*>(base_ + 0x10);
    }
    std::byte* base_;
};

} // namespace

void mask_pic() {
    initialize_pic(Port{0x20}, 0x20, 4); // slave on line 2
    initialize_pic(Port{0xa0}, 0x28, 2);
}

void mask_io_apics(const IoApicList& io_apics) {
    constexpr u32 version = 1, first_entry = 0x10, masked = 1U << 16, absent = ~0U;
    for (const Hpa base : io_apics) {
        if (base == Hpa{} || base.offset_in(16) != 0)
            continue;
        const IoApic io_apic{base};
        const u32 id = io_apic.read(version);
        if (id == absent)
            continue;
        const u32 entries = ((id >> 16) & 0xff) + 1;
        for (u32 i = 0; i < entries; ++i)
            io_apic.write(first_entry + 2 * i, masked);
    }
}

} // namespace vestige::host
