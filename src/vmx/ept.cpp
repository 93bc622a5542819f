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

void Ept::flush() {
    const std::optional<u64> pointer = table_.pointer();
    if (!pointer)
        return;
    invept(single_context_ ? InveptType::single_context : InveptType::all_contexts, *pointer);
    table_.recycle();
}

} // namespace vestige::vmx
