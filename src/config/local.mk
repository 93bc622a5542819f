# SPDX-License-Identifier: BSD-2-Clause
# Sources of config, compiled into both the hypervisor and the hosted core.
core_sources += \
    src/config/boot_options.cpp \
    src/config/module_options.cpp \
    src/config/option_table.cpp \
    src/config/option_values.cpp \
    src/config/option_values.hpp \
    src/config/trace_options.cpp \
    src/config/vm_plan.cpp \
    src/config/words.cpp
