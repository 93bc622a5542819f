// SPDX-License-Identifier: BSD-2-Clause
// Traps on code and data that the guest cannot see: in debug registers that it does not use, and
// beyond those by taking permissions from pages of its memory. No byte of the guest's is changed.
#pragma once

#include "vestige/base/static_vector.hpp"
#include "vestige/cpu/page_walk.hpp"
#include "vestige/vcpu/vcpu.hpp"

namespace vestige::vm {

enum class TrapKind : u8 { execute, write, read, access };

struct Trap {
    Linear address;
    u64 length = 1; ///< of data, in bytes
    TrapKind kind = TrapKind::execute;

    bool operator==(const Trap&) const = default;
};

class HiddenTraps {
  public:
    static constexpr std::size_t most_pages = 64;

    explicit HiddenTraps(const cpu::PhysicalPath& path) : path_{path} {}
    void connect(vcpu::Vcpu& cpu, vcpu::AddressSpace& space);

    /// Debug registers are the guest's own only in name from now on, until give_back().
    void take_over();
    void give_back();
    [[nodiscard]] bool active() const { return active_; }

    /// Forgets what was armed and begins a new list of traps.
    void begin();
    /// False when the list is full.
    [[nodiscard]] bool add(const Trap& trap) { return traps_.push_back(trap); }
    [[nodiscard]] bool empty() const { return traps_.empty(); }
    /// Arms the list. Null, or in a clause why one of its traps cannot work now; the others are
    /// armed then.
    [[nodiscard]] const char* arm() { return place_all(); }
    /// The mapping was built anew: what was taken from pages is taken again.
    void remapped();

    /// Debug registers as the guest sees them: 0-3, 6, 7.
    [[nodiscard]] u64 guest_register(unsigned number) const;
    void set_guest_register(unsigned number, u64 value);
    /// The guest's DR7.GD was set: it is clear now and its DR6 tells why #DB comes.
    [[nodiscard]] bool take_general_detect();

    /// The trap in debug register number; null when it is not ours.
    [[nodiscard]] const Trap* trap_in(unsigned number) const;
    /// Of the breakpoint bits of a #DB's qualification, those that the guest has asked for.
    [[nodiscard]] u64 guest_part(u64 qualification) const;
    /// A #DB is the guest's: notes it in its DR6.
    void note_for_guest(u64 qualification);

    /// An access that only our traps forbid.
    [[nodiscard]] bool made(const vcpu::MemoryExit& exit) const;
    /// Gives a page its own permissions back for one instruction.
    void open(Gpa address);
    [[nodiscard]] bool any_open() const { return any_open_; }
    void close();

  private:
    struct Page {
        Gpa start;
        vcpu::AddressSpace::Mapping own;
        bool execute = false; ///< these are taken away
        bool write = false;
        bool read = false;
        bool open = false;
    };

    [[nodiscard]] const char* place_all();
    [[nodiscard]] bool place_in_register(const Trap& trap);
    [[nodiscard]] const char* place_on_pages(const Trap& trap);
    [[nodiscard]] Page* page_for(Gpa start);
    [[nodiscard]] const Page* find(Gpa address) const;
    void restrict(const Page& page);
    void restore(const Page& page);
    void drop_pages();
    void load_registers();

    const cpu::PhysicalPath& path_;
    vcpu::Vcpu* cpu_ = nullptr;
    vcpu::AddressSpace* space_ = nullptr;
    bool active_ = false;
    bool any_open_ = false;
    std::array<u64, 4> guest_address_{};
    u64 guest_dr6_ = 0;
    u64 guest_dr7_ = 0;
    std::array<std::optional<Trap>, 4> slots_{};
    StaticVector<Page, most_pages> pages_;
    StaticVector<Trap, 320> traps_; ///< as asked for, to place anew when the guest takes a register
};

} // namespace vestige::vm
