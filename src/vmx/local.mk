# SPDX-License-Identifier: BSD-2-Clause
# Sources of vmx. The pure ones are compiled hosted, too.
vmx_pure_sources += \
    src/vmx/control_words.cpp \
    src/vmx/ept_table.cpp \
    src/vmx/msr_bitmap.cpp \
    src/vmx/report.cpp
