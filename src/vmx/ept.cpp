// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/ept.hpp"

#include "vestige/vmx/hardware_store.hpp"

namespace vestige::vmx {

Ept::Ept(PageSource& pages, const Capabilities& capabilities)
    : table_{pages, EptLimits::of(capabilities)},
      single_context_{EptVpidCap::InveptSingleContext::get(capabilities.ept_vpid)} {}

bool Ept::map(Gpa start, Hpa host, u64 size, vcpu::Access access) {
    return table_.map(start, host, size, access);
}

void Ept::unmap(Gpa start, u64 size) {
    // When no page is left to split a large one, all of it goes: the guest sees less, never more.
    (void)table_.unmap(start, size);
}

std::optional<vcpu::AddressSpace::Mapping> Ept::find(Gpa start) const {
    const std::optional<EptLeaf> leaf = table_.find(start);
    if (!leaf)
        return {};
    return Mapping{leaf->host + (start - leaf->guest), leaf->access};
}

namespace {

void print_leaf(TextSink& out, const EptLeaf& leaf) {
    print(out, "{010x} - {010x}  host {010x}  {}{}{}  {} KiB page\n", leaf.guest,
          leaf.guest + (leaf.size - 1), leaf.host, leaf.access.read ? "r" : "-",
          leaf.access.write ? "w" : "-", leaf.access.execute ? "x" : "-", leaf.size / kib);
}

/// Neighbours that go on from each other make one line.
class RangePrinter final : public EptVisitor {
  public:
    explicit RangePrinter(TextSink& out) : out_{out} {}
    void leaf(const EptLeaf& leaf) override {
        const bool goes_on = range_.size != 0 && range_.guest + range_.size == leaf.guest &&
                             range_.host + range_.size == leaf.host &&
                             range_.access.write == leaf.access.write &&
                             range_.access.execute == leaf.access.execute;
        if (goes_on) {
            range_.size += leaf.size;
            return;
        }
        finish();
        range_ = leaf;
    }
    void finish() const {
        if (range_.size == 0)
            return;
        print(out_, "{010x} - {010x}  host {010x}  {}{}{}  {} KiB\n", range_.guest,
              range_.guest + (range_.size - 1), range_.host, range_.access.read ? "r" : "-",
              range_.access.write ? "w" : "-", range_.access.execute ? "x" : "-",
              range_.size / kib);
    }

  private:
    TextSink& out_;
    EptLeaf range_;
};

} // namespace

void Ept::print_mapping(TextSink& out, Gpa address) const {
    if (const auto leaf = table_.find(address))
        return print_leaf(out, *leaf);
    print(out, "{x} is not mapped: an access to it is an exit\n", address);
}

void Ept::print_mappings(TextSink& out) const {
    RangePrinter printer{out};
    table_.visit(printer);
    printer.finish();
}

void Ept::flush() {
    const std::optional<u64> pointer = table_.pointer();
    if (!pointer)
        return;
    invept(single_context_ ? InveptType::single_context : InveptType::all_contexts, *pointer);
    table_.recycle();
}

} // namespace vestige::vmx
