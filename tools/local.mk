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
