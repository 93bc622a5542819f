// SPDX-License-Identifier: BSD-2-Clause
// The CPU shows the guest its local APIC. SDM 3C, "APIC Virtualization and Virtual Interrupts".
#include "vestige/vmx/vmx_vcpu.hpp"

#include <cstring>

namespace vestige::vmx {

bool VmxVcpu::take_apic_pages() {
    for (Hpa* const page : {&apic_access_page_, &virtual_apic_page_}) {
        const std::optional<Hpa> got = setup_.pages.allocate_page();
        if (!got)
            return false;
        *page = *got;
        std::memset(setup_.pages.view(*page), 0, page_size);
    }
    apic_registers_ = {static_cast<u32*>(setup_.pages.view(virtual_apic_page_)),
                       page_size / sizeof(u32)};
    return true;
}

/// The guest reaches the access page, which holds nothing, only in this mode.
bool VmxVcpu::virtualize_apic(bool wanted) {
    constexpr vcpu::Access data{true, true, false};
    if (apic_registers_.empty())
        return false;
    if (!wanted)
        setup_.ept.unmap(vcpu::local_apic_page, page_size);
    else if (!setup_.ept.map(vcpu::local_apic_page, apic_access_page_, page_size, data))
        return false;
    set_priority_threshold(0);
    set_primary(apic_virtualization::primary_set, wanted);
    set_primary(apic_virtualization::primary_clear, !wanted);
    vmcs_.write(field::secondary_processor_controls,
                words_.secondary | (wanted ? apic_virtualization::secondary_set : 0));
    setup_.ept.flush();
    flush_guest_translations();
    return true;
}

void VmxVcpu::set_priority_threshold(u8 priority_class) {
    vmcs_.write(field::tpr_threshold, u32{priority_class});
}

} // namespace vestige::vmx
