// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/report.hpp"

#include "vestige/vmx/controls.hpp"

namespace vestige::vmx {

namespace {

bool ept_usable(const Capabilities& capabilities) {
    return EptVpidCap::WalkLength4::get(capabilities.ept_vpid) &&
           EptVpidCap::WriteBack::get(capabilities.ept_vpid) &&
           EptVpidCap::Invept::get(capabilities.ept_vpid) &&
           (EptVpidCap::InveptSingleContext::get(capabilities.ept_vpid) ||
            EptVpidCap::InveptAllContexts::get(capabilities.ept_vpid));
}

void print_features(TextSink& out, const Capabilities& c) {
    print(out, "vmx on (ept, unrestricted guest");
    const auto item = [&out](bool present, std::string_view name) {
        if (present)
            print(out, ", {}", name);
    };
    item(allows(c.secondary, secondary::enable_vpid), "vpid");
    item(EptVpidCap::Pages2M::get(c.ept_vpid), "2M pages");
    item(EptVpidCap::Pages1G::get(c.ept_vpid), "1G pages");
    item(c.pschange_mc_no, "large pages executable");
    item(allows(c.pin_capability(), pin::process_posted_interrupts), "posted interrupts");
    item(allows(c.secondary, secondary::use_tsc_scaling), "tsc scaling");
    print(out, ")");
}

const char* known_hypervisor(std::string_view signature) {
    struct Known {
        std::string_view signature;
        const char* advice;
    };
    static constexpr Known table[] = {
        {"KVMKVMKVM", "load kvm_intel with nested=1 on the machine below and give this one -cpu "
                      "host (QEMU) or host-passthrough (libvirt)"},
        {"TCGTCGTCGTCG", "QEMU's own emulation has no VMX: use Bochs, or QEMU with -enable-kvm "
                         "-cpu host"},
        {"Microsoft Hv", "expose virtualization extensions to this virtual machine "
                         "(Set-VMProcessor -ExposeVirtualizationExtensions $true)"},
        {"VMwareVMware", "turn on \"Virtualize Intel VT-x/EPT\" for this virtual machine "
                         "(vhv.enable = TRUE)"},
        {"VBoxVBoxVBox", "turn on nested VT-x for this virtual machine (VBoxManage modifyvm "
                         "--nested-hw-virt on)"},
        {"XenVMMXenVMM", "turn on nested HVM for this domain (nestedhvm=1)"},
    };
    for (const Known& each : table) {
        if (each.signature == signature)
            return each.advice;
    }
    return "turn on nested virtualization (VMX with EPT) for this virtual machine";
}

} // namespace

Readiness readiness(const CpuFacts& facts) {
    if (!facts.vmx)
        return Readiness::no_vmx;
    if (FeatureControl::locked_off(facts.feature_control))
        return Readiness::locked_off;
    if (!control_words(facts.capabilities, {}))
        return Readiness::missing_control;
    return ept_usable(facts.capabilities) ? Readiness::ready : Readiness::bad_ept;
}

void print_capabilities(TextSink& out, const CpuFacts& facts) {
    switch (readiness(facts)) {
    case Readiness::ready:
        print_features(out, facts.capabilities);
        return;
    case Readiness::no_vmx:
        print(out, "no vmx ({}{}{}{}", facts.vendor.view(), facts.svm ? ", has svm" : "",
              facts.hypervisor.view().empty() ? "" : ", under ", facts.hypervisor.view());
        print(out, ")");
        return;
    case Readiness::locked_off:
        print(out, "vmx locked off by firmware (IA32_FEATURE_CONTROL is {x}h)",
              facts.feature_control);
        return;
    case Readiness::bad_ept:
        print(out, "vmx without a usable ept (IA32_VMX_EPT_VPID_CAP is {x}h)",
              facts.capabilities.ept_vpid);
        return;
    case Readiness::missing_control: {
        const MissingControl missing = control_words(facts.capabilities, {}).error();
        print(out, "vmx without ");
        print_controls(out, missing.word, missing.bits);
        return;
    }
    }
}

void print_advice(TextSink& out, const CpuFacts& facts) {
    const Readiness state = readiness(facts);
    if (state == Readiness::ready)
        return;
    if (!facts.hypervisor.view().empty()) {
        print(out, "running under another hypervisor ({}): {}", facts.hypervisor.view(),
              known_hypervisor(facts.hypervisor.view()));
        return;
    }
    switch (state) {
    case Readiness::locked_off:
        print(out, "turn on Intel VT-x (\"Virtualization Technology\") in the firmware's setup "
                   "and switch the machine off and on");
        return;
    case Readiness::no_vmx:
        if (facts.svm)
            print(out, "this is an AMD CPU: Vestige needs Intel VT-x with EPT");
        else
            print(out, "turn on Intel VT-x in the firmware's setup if it has that entry; else "
                       "this CPU cannot run Vestige");
        return;
    default:
        print(out, "this CPU cannot run Vestige: it takes Intel VT-x with EPT and unrestricted "
                   "guest (Westmere, 2010, or later)");
        return;
    }
}

} // namespace vestige::vmx
