# SPDX-License-Identifier: BSD-2-Clause
boot_sources += boot/header.S boot/trampoline.S
