# SPDX-License-Identifier: BSD-2-Clause
# The CD that boots on machines and emulators alike, and what the runner consists of.
grub.iso: vestige.elf $(srcdir)/grub.cfg
	$(AM_V_GEN)rm -rf grub-iso && $(MKDIR_P) grub-iso/boot/grub && \
	cp vestige.elf grub-iso/boot/ && cp $(srcdir)/grub.cfg grub-iso/boot/grub/ && \
	$(GRUB_MKRESCUE) -o $@ grub-iso >/dev/null 2>&1
noinst_DATA += grub.iso
CLEANFILES += grub.iso
clean-run:
	rm -rf grub-iso run test-logs
mostlyclean-local: clean-run
.PHONY: clean-run
EXTRA_DIST += tools/run tools/test tools/need-python tools/gdb tools/need-gdb \
    tools/gdb-commands tools/direct/rom.asm \
    tools/vestige/__init__.py tools/vestige/__main__.py tools/vestige/bochs.py \
    tools/vestige/direct.py tools/vestige/gdb_relay.py tools/vestige/iso.py tools/vestige/multiboot.py \
    tools/vestige/near.py tools/vestige/options.py tools/vestige/picture.py \
    tools/vestige/problem.py \
    tools/vestige/qemu.py tools/vestige/report.py tools/vestige/runner.py tools/vestige/session.py \
    tools/vestige/setup.py tools/vestige/size.py tools/vestige/tree.py tools/vestige/vms.py
