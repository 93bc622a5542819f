# SPDX-License-Identifier: BSD-2-Clause
# Sources of disk, compiled into both the hypervisor and the hosted core.
core_sources +=
