// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vm/hidden_traps.hpp"

#include "vestige/cpu/control_registers.hpp"

#include <algorithm>
#include <bit>

namespace vestige::vm {
namespace {

constexpr u64 breakpoint_bits = 0xf;

/// Local and global enable bits of one debug register in DR7.
constexpr u64 enable_bits(unsigned number) {
    return u64{3} << (2 * number);
}
/// Its type and length bits.
constexpr u64 control_bits(unsigned number) {
    return u64{15} << (16 + 4 * number);
}

/// R/W and LEN of DR7. SDM 3B, "Debug Control Register (DR7)".
u64 control_of(const Trap& trap) {
    if (trap.kind == TrapKind::execute)
        return 0;
    const u64 type = trap.kind == TrapKind::write ? 1 : 3;
    const u64 length = trap.length == 8 ? 2 : trap.length - 1;
    return type | length << 2;
}

/// Debug registers watch 1, 2, 4 or 8 aligned bytes, never reads alone.
bool fits_register(const Trap& trap) {
    if (trap.kind == TrapKind::execute)
        return true;
    return trap.kind != TrapKind::read && trap.length <= 8 && std::has_single_bit(trap.length) &&
           trap.address.value() % trap.length == 0;
}

} // namespace

void HiddenTraps::connect(vcpu::Vcpu& cpu, vcpu::AddressSpace& space) {
    cpu_ = &cpu;
    space_ = &space;
}

void HiddenTraps::take_over() {
    for (unsigned i = 0; i < 4; ++i)
        guest_address_[i] = cpu_->debug_register(i);
    guest_dr6_ = cpu_->debug_register(6);
    guest_dr7_ = cpu_->dr7();
    if (!active_)
        cpu_->intercept_debug_registers(true);
    active_ = true;
    load_registers();
}

void HiddenTraps::give_back() {
    if (!active_)
        return;
    begin();
    for (unsigned i = 0; i < 4; ++i)
        cpu_->set_debug_register(i, guest_address_[i]);
    cpu_->set_debug_register(6, guest_dr6_);
    cpu_->set_dr7(guest_dr7_);
    cpu_->intercept_debug_registers(false);
    active_ = false;
}

void HiddenTraps::begin() {
    drop_pages();
    traps_.clear();
}

const char* HiddenTraps::place_all() {
    slots_ = {};
    const char* trouble = nullptr;
    // Pages are dear where data lies beside them; registers are for data first.
    for (const bool data : {true, false})
        for (const Trap& trap : traps_) {
            if ((trap.kind != TrapKind::execute) != data || place_in_register(trap))
                continue;
            if (const char* const why = place_on_pages(trap))
                trouble = why;
        }
    for (const Page& page : pages_)
        restrict(page);
    if (!pages_.empty())
        space_->flush();
    load_registers();
    return trouble;
}

bool HiddenTraps::place_in_register(const Trap& trap) {
    if (!fits_register(trap))
        return false;
    for (unsigned i = 0; i < slots_.size(); ++i)
        if (!slots_[i] && (guest_dr7_ & enable_bits(i)) == 0) {
            slots_[i] = trap;
            return true;
        }
    return false;
}

const char* HiddenTraps::place_on_pages(const Trap& trap) {
    const u64 last = trap.address.value() + trap.length - 1;
    for (u64 at = trap.address.align_down(page_size).value(); at <= last; at += page_size) {
        Gpa start{at};
        if ((cpu_->cr0() & cpu::cr0::pg) != 0) {
            const auto place = cpu::translate(*cpu_, path_, Linear{at},
                                              {cpu::AccessKind::read, cpu::Privilege::supervisor},
                                              cpu::WalkEffect::none);
            if (!place)
                return "the debug registers are taken and no memory is mapped there now";
            start = place.value();
        }
        Page* const page = page_for(start);
        if (page == nullptr)
            return pages_.full() ? "the debug registers are taken and 64 other pages are watched"
                                 : "the debug registers are taken and no memory is there";
        page->execute |= trap.kind == TrapKind::execute;
        page->write |= trap.kind != TrapKind::execute; // no page is for writing only
        page->read |= trap.kind == TrapKind::read || trap.kind == TrapKind::access;
    }
    return nullptr;
}

HiddenTraps::Page* HiddenTraps::page_for(Gpa start) {
    for (Page& page : pages_)
        if (page.start == start)
            return &page;
    const auto own = space_->find(start);
    if (!own || !pages_.push_back({.start = start, .own = *own}))
        return nullptr;
    return &pages_.back();
}

const HiddenTraps::Page* HiddenTraps::find(Gpa address) const {
    const Gpa start = address.align_down(page_size);
    const auto page = std::find_if(pages_.begin(), pages_.end(),
                                          [&](const Page& each) { return each.start == start; });
    return page == pages_.end() ? nullptr : &*page;
}

void HiddenTraps::restrict(const Page& page) {
    vcpu::Access access = page.own.access;
    access.execute = access.execute && !page.execute && !page.read;
    access.write = access.write && !page.write;
    access.read = access.read && !page.read;
    if (!access.read) // nothing is left: execute-only is not for every CPU
        space_->unmap(page.start, page_size);
    else
        static_cast<void>(space_->map(page.start, page.own.host, page_size, access));
}

void HiddenTraps::restore(const Page& page) {
    static_cast<void>(space_->map(page.start, page.own.host, page_size, page.own.access));
}

void HiddenTraps::drop_pages() {
    if (pages_.empty())
        return;
    for (const Page& page : pages_)
        restore(page);
    space_->flush();
    pages_.clear();
    any_open_ = false;
}

void HiddenTraps::remapped() {
    if (pages_.empty())
        return;
    // What the pages had before is not theirs any more.
    pages_.clear();
    any_open_ = false;
    static_cast<void>(place_all());
}

void HiddenTraps::load_registers() {
    if (!active_)
        return;
    u64 control = cpu::dr7_after_reset | (guest_dr7_ & ~cpu::dr7_general_detect);
    for (unsigned i = 0; i < slots_.size(); ++i) {
        cpu_->set_debug_register(i, slots_[i] ? slots_[i]->address.value() : guest_address_[i]);
        if (slots_[i])
            control = (control & ~(enable_bits(i) | control_bits(i))) | u64{2} << (2 * i) |
                      control_of(*slots_[i]) << (16 + 4 * i);
    }
    cpu_->set_dr7(control);
}

u64 HiddenTraps::guest_register(unsigned number) const {
    return number < 4 ? guest_address_[number] : number == 7 ? guest_dr7_ : guest_dr6_;
}

void HiddenTraps::set_guest_register(unsigned number, u64 value) {
    if (number < 4)
        guest_address_[number] = value;
    else if (number == 7)
        guest_dr7_ = value;
    else
        guest_dr6_ = value;
    if (number == 6)
        return;
    bool taken = false;
    for (unsigned i = 0; i < slots_.size(); ++i)
        taken = taken || (slots_[i] && (guest_dr7_ & enable_bits(i)) != 0);
    if (taken) { // the guest needs a register of ours
        drop_pages();
        static_cast<void>(place_all());
    }
    load_registers();
}

bool HiddenTraps::take_general_detect() {
    if ((guest_dr7_ & cpu::dr7_general_detect) == 0)
        return false;
    guest_dr7_ &= ~cpu::dr7_general_detect;
    guest_dr6_ |= cpu::dr6_general_detect;
    return true;
}

const Trap* HiddenTraps::trap_in(unsigned number) const {
    return slots_[number] ? &*slots_[number] : nullptr;
}

u64 HiddenTraps::guest_part(u64 qualification) const {
    u64 part = qualification & ~breakpoint_bits;
    for (unsigned i = 0; i < slots_.size(); ++i)
        if (!slots_[i] && (guest_dr7_ & enable_bits(i)) != 0)
            part |= qualification & bit(i);
    return part;
}

void HiddenTraps::note_for_guest(u64 qualification) {
    constexpr u64 reported = breakpoint_bits | cpu::dr6_general_detect | cpu::dr6_single_step;
    guest_dr6_ = (guest_dr6_ & ~breakpoint_bits) | (qualification & reported);
}

bool HiddenTraps::made(const vcpu::MemoryExit& exit) const {
    const Page* const page = find(exit.address);
    if (page == nullptr || page->open)
        return false;
    const vcpu::Access& own = page->own.access;
    return (!exit.fetch || own.execute) && (!exit.write || own.write) && (!exit.read || own.read);
}

void HiddenTraps::open(Gpa address) {
    const Gpa start = address.align_down(page_size);
    for (Page& page : pages_)
        if (page.start == start) {
            page.open = true;
            any_open_ = true;
            restore(page);
            space_->flush();
        }
}

void HiddenTraps::close() {
    if (!any_open_)
        return;
    for (Page& page : pages_)
        if (page.open) {
            page.open = false;
            restrict(page);
        }
    any_open_ = false;
    space_->flush();
}

} // namespace vestige::vm
