// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/ept_table.hpp"

#include <algorithm>
#include <cstring>

namespace vestige::vmx {

namespace {

constexpr unsigned top_level = 4;
constexpr std::size_t entries_per_table = 512;
constexpr u64 guest_limit = u64{1} << 48;

/// Bytes that one entry of a table of this level covers: level 1 is 4 KiB.
constexpr u64 span_of(unsigned level) {
    return page_size << (9 * (level - 1));
}

constexpr std::size_t index_of(u64 address, unsigned level) {
    return (address / span_of(level)) % entries_per_table;
}

constexpr bool is_leaf(u64 entry, unsigned level) {
    return level == 1 || EptEntry::LargePage::get(entry);
}

constexpr u64 access_bits(vcpu::Access access) {
    return (access.read ? EptEntry::Read::mask : 0) | (access.write ? EptEntry::Write::mask : 0) |
           (access.execute ? EptEntry::Execute::mask : 0);
}

constexpr vcpu::Access access_of(u64 entry) {
    return {EptEntry::Read::get(entry), EptEntry::Write::get(entry), EptEntry::Execute::get(entry)};
}

constexpr bool page_aligned(u64 value) {
    return value % page_size == 0;
}

/// [start, start+size) in whole pages inside the guest-physical space.
constexpr bool valid_range(Gpa start, u64 size) {
    return page_aligned(start.value()) && page_aligned(size) && size <= guest_limit &&
           start.value() <= guest_limit - size;
}

} // namespace

bool EptTable::map(Gpa start, Hpa host, u64 size, vcpu::Access access) {
    if (!valid_range(start, size) || !page_aligned(host.value()))
        return false;
    u64 bits = access_bits(access);
    // Writable but not readable is a misconfiguration; execute-only where the CPU cannot, too.
    if (access.write && !access.read)
        return false;
    if (bits == EptEntry::Execute::mask && !limits_.execute_only)
        return false;
    if (size == 0)
        return true;
    if (bits == 0)
        return unmap(start, size);
    if (!ensure_root())
        return false;
    const Request request{start.value(), start.value() + size, host.value(), bits};
    return apply(static_cast<u64*>(pages_.view(Hpa{root_})), top_level, 0, request);
}

bool EptTable::unmap(Gpa start, u64 size) {
    if (!valid_range(start, size) || root_ == 0)
        return valid_range(start, size);
    if (size == 0)
        return true;
    const Request request{start.value(), start.value() + size, 0, 0};
    return apply(static_cast<u64*>(pages_.view(Hpa{root_})), top_level, 0, request);
}

/// Carries request out on the entries of one table that it touches; base is what entry 0 covers.
bool EptTable::apply(u64* table, unsigned level, u64 base, const Request& request) {
    const u64 span = span_of(level);
    const u64 first = std::max(request.start, base);
    const u64 last = std::min(request.end, base + span * entries_per_table) - 1;
    bool complete = true;
    for (std::size_t i = index_of(first, level); i <= index_of(last, level); ++i) {
        const u64 at = base + i * span;
        const bool covered = request.start <= at && request.end - at >= span;
        if (covered && (request.access == 0 || may_be_leaf(level, request, at))) {
            const u64 old = table[i];
            table[i] = request.access == 0
                           ? 0
                           : leaf_entry(level, request.host + (at - request.start), request.access);
            release(old, level);
        } else if (!descend(table[i], level, at, request)) {
            complete = false;
            if (request.access != 0)
                return false;
        }
    }
    return complete;
}

/// Carries request out below an entry that it covers partly, or in smaller pages.
bool EptTable::descend(u64& entry, unsigned level, u64 base, const Request& request) {
    if (!EptEntry::present(entry) && request.access == 0)
        return true;
    if (!EptEntry::present(entry) || is_leaf(entry, level)) {
        if (!make_table(entry, level)) {
            if (request.access == 0)
                entry = 0;
            return false;
        }
    }
    return apply(table_at(entry), level - 1, base, request);
}

bool EptTable::may_be_leaf(unsigned level, const Request& request, u64 base) const {
    if (level == 1)
        return true;
    const bool supported = level == 2 ? limits_.pages_2m : level == 3 && limits_.pages_1g;
    if (!supported || (request.host + (base - request.start)) % span_of(level) != 0)
        return false;
    return (request.access & EptEntry::Execute::mask) == 0 || limits_.executable_large;
}

u64 EptTable::leaf_entry(unsigned level, u64 host, u64 access) const {
    const u64 typed = EptEntry::MemoryType::set(host | access, EptEntry::write_back);
    return level == 1 ? typed : EptEntry::LargePage::set(typed, true);
}

/// Puts a table in place of an absent or large entry; what the large page mapped stays mapped.
bool EptTable::make_table(u64& entry, unsigned level) {
    const std::optional<Hpa> page = take_page();
    if (!page)
        return false;
    auto* table = static_cast<u64*>(pages_.view(*page));
    const u64 old = entry;
    for (std::size_t i = 0; i < entries_per_table; ++i) {
        const u64 host = EptEntry::address(old).value() + i * span_of(level - 1);
        table[i] = EptEntry::present(old) ? leaf_entry(level - 1, host, old & 7) : 0;
    }
    entry = page->value() | 7;
    return true;
}

/// Frees the tables below an entry that is no longer in use.
void EptTable::release(u64 entry, unsigned level) {
    if (!EptEntry::present(entry) || is_leaf(entry, level))
        return;
    u64* table = table_at(entry);
    for (std::size_t i = 0; i < entries_per_table; ++i)
        release(table[i], level - 1);
    // A CPU may still walk through it: all entries absent until recycle().
    std::memset(table, 0, page_size);
    table[0] = retired_;
    retired_ = EptEntry::address(entry).value();
}

void EptTable::recycle() {
    while (retired_ != 0) {
        auto* page = static_cast<u64*>(pages_.view(Hpa{retired_}));
        const u64 next = page[0];
        page[0] = free_;
        free_ = retired_;
        retired_ = next;
    }
}

std::optional<Hpa> EptTable::take_page() {
    if (free_ == 0) {
        const std::optional<Hpa> page = pages_.allocate_page();
        if (page)
            ++pages_used_;
        return page;
    }
    const Hpa page{free_};
    free_ = *static_cast<const u64*>(pages_.view(page));
    return page;
}

bool EptTable::ensure_root() {
    if (root_ != 0)
        return true;
    const std::optional<Hpa> page = take_page();
    if (!page)
        return false;
    std::memset(pages_.view(*page), 0, page_size);
    root_ = page->value();
    return true;
}

std::optional<u64> EptTable::pointer() {
    if (!ensure_root())
        return {};
    // SDM 3C, "Extended-Page-Table Pointer (EPTP)": memory type, walk length minus 1 in bits 5:3.
    return root_ | u64{top_level - 1} << 3 | EptEntry::write_back;
}

std::optional<EptLeaf> EptTable::find(Gpa address) const {
    if (root_ == 0 || address.value() >= guest_limit)
        return {};
    u64 entry = root_ | 7;
    for (unsigned level = top_level; level != 0; --level) {
        entry = table_at(entry)[index_of(address.value(), level)];
        if (!EptEntry::present(entry))
            return {};
        if (is_leaf(entry, level)) {
            const u64 span = span_of(level);
            return EptLeaf{address.align_down(span), EptEntry::address(entry).align_down(span),
                           span, access_of(entry)};
        }
    }
    return {};
}

void EptTable::visit(EptVisitor& visitor) const {
    if (root_ != 0)
        walk(static_cast<const u64*>(pages_.view(Hpa{root_})), top_level, 0, visitor);
}

void EptTable::walk(const u64* table, unsigned level, u64 base, EptVisitor& visitor) const {
    const u64 span = span_of(level);
    for (std::size_t i = 0; i < entries_per_table; ++i) {
        const u64 entry = table[i];
        if (!EptEntry::present(entry))
            continue;
        const u64 at = base + i * span;
        if (is_leaf(entry, level))
            visitor.leaf({Gpa{at}, EptEntry::address(entry), span, access_of(entry)});
        else
            walk(table_at(entry), level - 1, at, visitor);
    }
}

bool EptTable::maps_only(std::span<const HpaRange> ranges) const {
    struct Checker final : EptVisitor {
        explicit Checker(std::span<const HpaRange> allowed) : ranges{allowed} {}
        void leaf(const EptLeaf& leaf) override {
            inside = inside && std::any_of(ranges.begin(), ranges.end(), [&](const HpaRange& r) {
                         return leaf.host >= r.start && leaf.size <= r.size &&
                                leaf.host - r.start <= r.size - leaf.size;
                     });
        }
        std::span<const HpaRange> ranges;
        bool inside = true;
    } checker{ranges};
    visit(checker);
    return checker.inside;
}

} // namespace vestige::vmx
