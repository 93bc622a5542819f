// SPDX-License-Identifier: BSD-2-Clause
// SDM 3A, "32-Bit Paging", "PAE Paging", "4-Level Paging", "Access Rights".
#include "vestige/cpu/page_walk.hpp"

#include "vestige/base/static_vector.hpp"

namespace vestige::cpu {
namespace {

enum class Format : u8 { legacy, pae, four_level };

namespace entry_bit {
constexpr u64 present = bit(0);
constexpr u64 writable = bit(1);
constexpr u64 user = bit(2);
constexpr u64 accessed = bit(5);
constexpr u64 dirty = bit(6);
constexpr u64 large = bit(7);
constexpr u64 no_execute = bit(63);
} // namespace entry_bit

constexpr u64 bits(unsigned high, unsigned low) {
    return high < low ? 0 : (~u64{0} >> (63 - high)) & (~u64{0} << low);
}

class Walk {
  public:
    Walk(const CpuState& state, const PhysicalPath& path, Linear address, PageAccess access)
        : state_{state}, path_{path}, address_{address}, access_{access}, format_{format_of(state)},
          no_execute_{format_ != Format::legacy && (state.efer() & efer::nxe) != 0},
          reserved_{always_reserved()} {}

    Result<Gpa, PageFault> run(WalkEffect effect) {
        Gpa table{state_.cr3() & table_mask()};
        for (unsigned level = top_level();; --level) {
            const Gpa place = path_.a20.apply(table + index(level) * entry_size());
            const u64 entry = load(place);
            if ((entry & entry_bit::present) == 0)
                return Error{fail(0)};
            const bool leaf = level == 1 || is_large(level, entry);
            if ((entry & reserved(level, leaf)) != 0)
                return Error{fail(page_fault_error::present | page_fault_error::reserved)};
            if (format_ != Format::pae || level != 3)
                use(place, entry);
            if (!leaf) {
                table = Gpa{entry & bits(51, 12)};
                continue;
            }
            if (!allowed())
                return Error{fail(page_fault_error::present)};
            if (effect == WalkEffect::architectural)
                mark();
            return path_.a20.apply(frame(level, entry));
        }
    }

  private:
    struct Used {
        Gpa place;
        u64 entry = 0;
    };

    static Format format_of(const CpuState& state) {
        if ((state.efer() & efer::lma) != 0)
            return Format::four_level;
        return (state.cr4() & cr4::pae) != 0 ? Format::pae : Format::legacy;
    }
    [[nodiscard]] unsigned top_level() const {
        return format_ == Format::legacy ? 2 : format_ == Format::pae ? 3 : 4;
    }
    [[nodiscard]] unsigned entry_size() const { return format_ == Format::legacy ? 4 : 8; }
    [[nodiscard]] unsigned shift(unsigned level) const {
        return 12 + (level - 1) * (format_ == Format::legacy ? 10 : 9);
    }
    [[nodiscard]] u64 index(unsigned level) const {
        const u64 mask = format_ == Format::legacy ? 0x3ff : 0x1ff;
        return (address_.value() >> shift(level)) & mask;
    }
    [[nodiscard]] u64 table_mask() const {
        switch (format_) {
        case Format::legacy:
            return bits(31, 12);
        case Format::pae:
            return bits(31, 5);
        default:
            return bits(51, 12);
        }
    }
    [[nodiscard]] u64 load(Gpa place) const {
        return format_ == Format::legacy ? path_.memory.load<u32>(place)
                                         : path_.memory.load<u64>(place);
    }

    [[nodiscard]] bool is_large(unsigned level, u64 entry) const {
        if ((entry & entry_bit::large) == 0)
            return false;
        if (format_ == Format::legacy)
            return (state_.cr4() & cr4::pse) != 0;
        return level == 2 || (level == 3 && format_ == Format::four_level && path_.huge_pages);
    }
    /// In every entry of PAE's two lower levels and of 4-level paging.
    [[nodiscard]] u64 always_reserved() const {
        return bits(format_ == Format::pae ? 62 : 51, path_.physical_bits) |
               (no_execute_ ? 0 : entry_bit::no_execute);
    }
    /// Bits of a present entry that must be zero.
    [[nodiscard]] u64 reserved(unsigned level, bool leaf) const {
        if (format_ == Format::legacy)
            return leaf && level == 2 ? bits(21, legacy_high_bits() + 13) : 0;
        if (format_ == Format::pae && level == 3)
            return bits(63, path_.physical_bits) | bits(8, 5) | bits(2, 1);
        u64 mask = reserved_;
        if (leaf && level > 1)
            mask |= bits(shift(level) - 1, 13);
        if (!leaf && level > 2)
            mask |= entry_bit::large;
        return mask;
    }
    /// Address bits above 31 in a 4 MiB page's entry (PSE-36), held from bit 13 on.
    [[nodiscard]] unsigned legacy_high_bits() const {
        return path_.physical_bits > 40 ? 8 : path_.physical_bits - 32U;
    }
    [[nodiscard]] Gpa frame(unsigned level, u64 entry) const {
        const u64 offset = address_.value() & bits(shift(level) - 1, 0);
        const u64 base = entry & bits(51, shift(level));
        if (format_ == Format::legacy && level == 2)
            return Gpa{(entry & bits(31, 22)) | ((entry & bits(20, 13)) << 19) | offset};
        return Gpa{base | offset};
    }

    void use(Gpa place, u64 entry) {
        writable_ = writable_ && (entry & entry_bit::writable) != 0;
        user_ = user_ && (entry & entry_bit::user) != 0;
        executable_ = executable_ && !(no_execute_ && (entry & entry_bit::no_execute) != 0);
        if (!used_.push_back({place, entry}))
            panic("page walk: more levels than formats have");
    }
    [[nodiscard]] bool allowed() const {
        const bool from_user = access_.privilege == Privilege::user;
        if (from_user && !user_)
            return false;
        if (access_.kind == AccessKind::execute) {
            const bool smep = !from_user && user_ && (state_.cr4() & cr4::smep) != 0;
            return executable_ && !smep;
        }
        if (!from_user && user_ && (state_.cr4() & cr4::smap) != 0 &&
            (access_.privilege == Privilege::implicit_system ||
             (state_.regs.rflags & rflags::ac) == 0))
            return false;
        if (access_.kind == AccessKind::read || writable_)
            return true;
        return !from_user && (state_.cr0() & cr0::wp) == 0;
    }
    void mark() const {
        for (const Used& each : used_) {
            u64 entry = each.entry | entry_bit::accessed;
            if (&each == &used_.span().back() && access_.kind == AccessKind::write)
                entry |= entry_bit::dirty;
            // Only flag bits of the low byte change.
            if (entry != each.entry)
                path_.memory.store<u8>(each.place, static_cast<u8>(entry));
        }
    }
    [[nodiscard]] PageFault fail(u32 cause) const {
        u32 code = cause;
        if (access_.kind == AccessKind::write)
            code |= page_fault_error::write;
        if (access_.privilege == Privilege::user)
            code |= page_fault_error::user;
        if (access_.kind == AccessKind::execute && (no_execute_ || (state_.cr4() & cr4::smep) != 0))
            code |= page_fault_error::fetch;
        return {address_, code};
    }

    const CpuState& state_;
    const PhysicalPath& path_;
    Linear address_;
    PageAccess access_;
    Format format_;
    bool no_execute_;
    u64 reserved_;
    bool writable_ = true;
    bool user_ = true;
    bool executable_ = true;
    StaticVector<Used, 4> used_;
};

} // namespace

Result<Gpa, PageFault> translate(const CpuState& state, const PhysicalPath& path, Linear address,
                                 PageAccess access, WalkEffect effect) {
    if ((state.cr0() & cr0::pg) == 0)
        return path.a20.apply(Gpa{address.value()});
    return Walk{state, path, address, access}.run(effect);
}

} // namespace vestige::cpu
