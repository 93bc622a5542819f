// SPDX-License-Identifier: BSD-2-Clause
// The extended page tables of one VM, as data. SDM 3C, "The Extended Page-Table Mechanism (EPT)".
#pragma once

#include "vestige/base/address.hpp"
#include "vestige/base/bit_field.hpp"
#include "vestige/vcpu/vcpu.hpp"
#include "vestige/vmx/capabilities.hpp"
#include "vestige/vmx/page_source.hpp"

#include <optional>
#include <span>

namespace vestige::vmx {

/// An EPT paging-structure entry. SDM 3C, "EPT Translation Mechanism".
struct EptEntry {
    using Read = FlagBit<0>;
    using Write = FlagBit<1>;
    using Execute = FlagBit<2>;
    using MemoryType = BitField<5, 3, u8>;
    using LargePage = FlagBit<7>;
    static constexpr u64 address_mask = 0x000f'ffff'ffff'f000;
    static constexpr u8 write_back = 6;
    static constexpr bool present(u64 entry) { return (entry & 7) != 0; }
    static constexpr Hpa address(u64 entry) { return Hpa{entry & address_mask}; }
};

/// Which page sizes and permissions the tables may use.
struct EptLimits {
    bool pages_2m = false;
    bool pages_1g = false;
    bool execute_only = false;
    /// Large pages may be executable: the CPU has no machine check on page-size change (XSA-304).
    bool executable_large = false;

    static constexpr EptLimits of(const Capabilities& capabilities) {
        return {EptVpidCap::Pages2M::get(capabilities.ept_vpid),
                EptVpidCap::Pages1G::get(capabilities.ept_vpid),
                EptVpidCap::ExecuteOnly::get(capabilities.ept_vpid), capabilities.pschange_mc_no};
    }
};

/// One mapping as a walk finds it.
struct EptLeaf {
    Gpa guest;
    Hpa host;
    u64 size = 0;
    vcpu::Access access;
};

/// Sees every mapping of a table in order of guest address.
class EptVisitor {
  public:
    virtual void leaf(const EptLeaf& leaf) = 0;

  protected:
    ~EptVisitor() = default;
};

/// A range of host-physical memory.
struct HpaRange {
    Hpa start;
    u64 size = 0;
};

/// A four-level table, write-back memory only, with the largest pages that the limits allow.
/// Nothing here touches the CPU: whoever changes a live table invalidates afterwards and then
/// calls recycle(), which lets freed tables be used again.
class EptTable {
  public:
    EptTable(PageSource& pages, EptLimits limits) : pages_{pages}, limits_{limits} {}

    /// Maps [start, start+size) to host; multiples of 4 KiB below 256 TiB. Replaces what was there
    /// and splits larger pages that lie partly outside. False when pages run out (what was mapped
    /// until then stays) or when an argument is out of range.
    [[nodiscard]] bool map(Gpa start, Hpa host, u64 size, vcpu::Access access);
    /// Removes [start, start+size). False when pages run out while splitting: then more than asked
    /// for is unmapped, never less.
    bool unmap(Gpa start, u64 size);
    /// Gives tables that were freed since the last call back for use. Call when no CPU can still
    /// hold them in its caches.
    void recycle();

    /// Value of the EPTP field; nullopt while the root has no page.
    [[nodiscard]] std::optional<u64> pointer();
    [[nodiscard]] std::optional<EptLeaf> find(Gpa address) const;
    void visit(EptVisitor& visitor) const;
    /// True when every mapping lies in one of ranges: the start-up self-check.
    [[nodiscard]] bool maps_only(std::span<const HpaRange> ranges) const;
    /// Pages taken from the source so far.
    [[nodiscard]] std::size_t pages_used() const { return pages_used_; }

  private:
    struct Request {
        u64 start;
        u64 end;
        u64 host;   ///< host address of start
        u64 access; ///< entry bits; 0 unmaps
    };
    bool apply(u64* table, unsigned level, u64 base, const Request& request);
    bool descend(u64& entry, unsigned level, u64 base, const Request& request);
    [[nodiscard]] bool may_be_leaf(unsigned level, const Request& request, u64 base) const;
    [[nodiscard]] u64 leaf_entry(unsigned level, u64 host, u64 access) const;
    bool make_table(u64& entry, unsigned level);
    void release(u64 entry, unsigned level);
    void walk(const u64* table, unsigned level, u64 base, EptVisitor& visitor) const;
    [[nodiscard]] std::optional<Hpa> take_page();
    [[nodiscard]] u64* table_at(u64 entry) const {
        return static_cast<u64*>(pages_.view(EptEntry::address(entry)));
    }
    bool ensure_root();

    PageSource& pages_;
    EptLimits limits_;
    u64 root_ = 0;    ///< host address of the top table, 0: none yet
    u64 free_ = 0;    ///< chain of pages to use, through their first word
    u64 retired_ = 0; ///< chain of pages that CPUs may still know
    std::size_t pages_used_ = 0;
};

} // namespace vestige::vmx
