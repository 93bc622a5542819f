# SPDX-License-Identifier: BSD-2-Clause
# The Zydis decoder and formatter, compiled from the source that configure found: once freestanding,
# once for the tests. Its encoder and the instructions of AVX-512 and KNC are left out.

zydis_cppflags = -isystem $(ZYDIS_DIR)/include -DZYDIS_STATIC_BUILD -DZYCORE_STATIC_BUILD
zydis_compile = $(CC) -std=c99 -I$(ZYDIS_DIR)/src $(zydis_cppflags) -DZYAN_NO_LIBC \
    -DZYDIS_DISABLE_ENCODER -DZYDIS_DISABLE_AVX512 -DZYDIS_DISABLE_KNC -w
zydis_bare_flags = -ffreestanding -fno-stack-protector -fcf-protection=none \
    -fno-stack-clash-protection -fno-asynchronous-unwind-tables -fno-pic -mno-red-zone \
    -mgeneral-regs-only -march=x86-64 -ffunction-sections -fdata-sections -U_FORTIFY_SOURCE

zydis_names = Decoder DecoderData Formatter FormatterATT FormatterBase FormatterBuffer \
    FormatterIntel MetaInfo Mnemonic Register Segment SharedData String Utils Zydis
zydis_bare_objects = $(zydis_names:%=zydis/bare/%.o)
zydis_host_objects = $(zydis_names:%=zydis/host/%.o)

zydis/bare/%.o: $(ZYDIS_DIR)/src/%.c
	$(AM_V_CC)$(MKDIR_P) zydis/bare && $(zydis_compile) $(zydis_bare_flags) -O2 -g -c -o $@ $<
zydis/host/%.o: $(ZYDIS_DIR)/src/%.c
	$(AM_V_CC)$(MKDIR_P) zydis/host && $(zydis_compile) -O2 -g -c -o $@ $<
libzydis-bare.a: $(zydis_bare_objects)
	$(AM_V_AR)rm -f $@ && $(AR) cr $@ $(zydis_bare_objects)
libzydis-host.a: $(zydis_host_objects)
	$(AM_V_AR)rm -f $@ && $(AR) cr $@ $(zydis_host_objects)

CLEANFILES += libzydis-bare.a libzydis-host.a
# Built from the source that is already here, so that distcheck works without a network.
AM_DISTCHECK_CONFIGURE_FLAGS = --with-zydis='$(ZYDIS_DIR)'

clean-local:
	-rm -rf zydis
distclean-local:
	-rm -rf third-party
