# SPDX-License-Identifier: BSD-2-Clause
# Sources of vmx. The pure ones are compiled hosted, too.
vmx_pure_sources += \
    src/vmx/control_words.cpp \
    src/vmx/entry_check.cpp \
    src/vmx/entry_rules.hpp \
    src/vmx/entry_rules_controls.cpp \
    src/vmx/entry_rules_guest_registers.cpp \
    src/vmx/entry_rules_guest_state.cpp \
    src/vmx/entry_rules_host.cpp \
    src/vmx/entry_rules_segments.cpp \
    src/vmx/ept_table.cpp \
    src/vmx/msr_bitmap.cpp \
    src/vmx/report.cpp \
    src/vmx/vmcs_text.cpp
vmx_sources += \
    src/vmx/apic_virtualization.cpp \
    src/vmx/entry.S \
    src/vmx/ept.cpp \
    src/vmx/hardware_store.cpp \
    src/vmx/vmx_cpu.cpp \
    src/vmx/vmx_vcpu.cpp \
    src/vmx/vmx_vcpu_setup.cpp \
    src/vmx/vmx_vcpu_state.cpp
