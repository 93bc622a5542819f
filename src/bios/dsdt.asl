// SPDX-License-Identifier: BSD-2-Clause
// The devices of a VM as ACPI names them: compiled by iasl into the hypervisor. What a board may
// lack is asked from the flags that its ROM holds at F000:A0C0 (include/vestige/bios/rom.hpp).
DefinitionBlock ("dsdt.aml", "DSDT", 2, "VESTGE", "VESTIGE ", 0x00000001)
{
    OperationRegion (FACT, SystemMemory, 0x000FA0C0, 0x04)
    Field (FACT, ByteAcc, NoLock, Preserve)
    {
        HPTF, 1,    // HPET
        FDCF, 1,    // floppy controller
        LPTF, 1,    // parallel port
        , 5,
        COMF, 4,    // COM1 to COM4
        , 4,
        MICE, 1,    // PS/2 mouse
    }

    // What _STA returns for a device that is there when the flag is set.
    Method (HERE, 1, NotSerialized)
    {
        If (Arg0) { Return (0x0F) }
        Return (Zero)
    }

    // Whether the system uses the I/O APIC: it says so by _PIC.
    Name (APIC, Zero)
    Method (_PIC, 1, NotSerialized)
    {
        APIC = Arg0
    }

    Name (_S5, Package () { Zero, Zero, Zero, Zero })

    Scope (\_SB)
    {
        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Name (_UID, Zero)
            Name (_CRS, ResourceTemplate ()
            {
                WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode,
                    0x0000, 0x0000, 0x0000, 0x0000, 0x0001)
                IO (Decode16, 0x0CF8, 0x0CF8, 0x01, 0x08)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
                    0x0000, 0x0000, 0x0CF7, 0x0000, 0x0CF8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
                    0x0000, 0x0D00, 0xFFFF, 0x0000, 0xF300)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
                    0x00000000, 0x000A0000, 0x000BFFFF, 0x00000000, 0x00020000)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable,
                    ReadWrite, 0x00000000, 0xC0000000, 0xFEBFFFFF, 0x00000000, 0x3EC00000)
            })

// Pin p of slot s is wired to link (s - 1 + p) mod 4, as on boards with a PIIX3; with an I/O APIC
// link n is its input 16 + n as well.
#define SLOT(number, a, b, c, d) \
                Package () { number, 0, a, 0 }, Package () { number, 1, b, 0 }, \
                Package () { number, 2, c, 0 }, Package () { number, 3, d, 0 }
#define PINS(number, a, b, c, d) \
                Package () { number, 0, 0, a }, Package () { number, 1, 0, b }, \
                Package () { number, 2, 0, c }, Package () { number, 3, 0, d }
            Name (LRTE, Package ()
            {
                SLOT (0x0001FFFF, LNKA, LNKB, LNKC, LNKD),
                SLOT (0x0002FFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x0003FFFF, LNKC, LNKD, LNKA, LNKB),
                SLOT (0x0004FFFF, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x0005FFFF, LNKA, LNKB, LNKC, LNKD),
                SLOT (0x0006FFFF, LNKB, LNKC, LNKD, LNKA)
            })
            Name (ARTE, Package ()
            {
                PINS (0x0001FFFF, 16, 17, 18, 19),
                PINS (0x0002FFFF, 17, 18, 19, 16),
                PINS (0x0003FFFF, 18, 19, 16, 17),
                PINS (0x0004FFFF, 19, 16, 17, 18),
                PINS (0x0005FFFF, 16, 17, 18, 19),
                PINS (0x0006FFFF, 17, 18, 19, 16)
            })
            Method (_PRT, 0, NotSerialized)
            {
                If (APIC) { Return (ARTE) }
                Return (LRTE)
            }

            Device (ISA)
            {
                Name (_ADR, 0x00010000)
                OperationRegion (PIRQ, PCI_Config, 0x60, 0x04)
                Field (PIRQ, ByteAcc, NoLock, Preserve)
                {
                    PRQA, 8,
                    PRQB, 8,
                    PRQC, 8,
                    PRQD, 8,
                }

                Device (PIC)
                {
                    Name (_HID, EisaId ("PNP0000"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0020, 0x0020, 0x01, 0x02)
                        IO (Decode16, 0x00A0, 0x00A0, 0x01, 0x02)
                        IO (Decode16, 0x04D0, 0x04D0, 0x01, 0x02)
                        IRQNoFlags () { 2 }
                    })
                }
                Device (DMAC)
                {
                    Name (_HID, EisaId ("PNP0200"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0000, 0x0000, 0x01, 0x10)
                        IO (Decode16, 0x0081, 0x0081, 0x01, 0x0F)
                        IO (Decode16, 0x00C0, 0x00C0, 0x01, 0x20)
                        DMA (Compatibility, NotBusMaster, Transfer8_16) { 4 }
                    })
                }
                Device (TIMR)
                {
                    Name (_HID, EisaId ("PNP0100"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0040, 0x0040, 0x01, 0x04)
                        IRQNoFlags () { 0 }
                    })
                }
                Device (RTC)
                {
                    Name (_HID, EisaId ("PNP0B00"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0070, 0x0070, 0x01, 0x02)
                        IRQNoFlags () { 8 }
                    })
                }
                Device (SPKR)
                {
                    Name (_HID, EisaId ("PNP0800"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0061, 0x0061, 0x01, 0x01)
                    })
                }
                Device (FPU)
                {
                    Name (_HID, EisaId ("PNP0C04"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x00F0, 0x00F0, 0x01, 0x02)
                        IRQNoFlags () { 13 }
                    })
                }
                // Ports that belong to no device above.
                Device (BRD)
                {
                    Name (_HID, EisaId ("PNP0C02"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0080, 0x0080, 0x01, 0x01)
                        IO (Decode16, 0x0092, 0x0092, 0x01, 0x01)
                        IO (Decode16, 0x00E9, 0x00E9, 0x01, 0x01)
                        IO (Decode16, 0x00F4, 0x00F4, 0x01, 0x01)
                        IO (Decode16, 0x0600, 0x0600, 0x01, 0x0C)
                        IO (Decode16, 0x8900, 0x8900, 0x01, 0x01)
                    })
                }
                Device (KBD)
                {
                    Name (_HID, EisaId ("PNP0303"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0060, 0x0060, 0x01, 0x01)
                        IO (Decode16, 0x0064, 0x0064, 0x01, 0x01)
                        IRQNoFlags () { 1 }
                    })
                }
                Device (MOU)
                {
                    Name (_HID, EisaId ("PNP0F13"))
                    Method (_STA, 0, NotSerialized) { Return (HERE (MICE)) }
                    Name (_CRS, ResourceTemplate () { IRQNoFlags () { 12 } })
                }
                Device (FDC0)
                {
                    Name (_HID, EisaId ("PNP0700"))
                    Method (_STA, 0, NotSerialized) { Return (HERE (FDCF)) }
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x03F2, 0x03F2, 0x01, 0x04)
                        IO (Decode16, 0x03F7, 0x03F7, 0x01, 0x01)
                        IRQNoFlags () { 6 }
                        DMA (Compatibility, NotBusMaster, Transfer8) { 2 }
                    })
                }
                Device (LPT1)
                {
                    Name (_HID, EisaId ("PNP0400"))
                    Method (_STA, 0, NotSerialized) { Return (HERE (LPTF)) }
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0378, 0x0378, 0x01, 0x08)
                        IRQNoFlags () { 7 }
                    })
                }

#define SERIAL_PORT(name, number, mask, base, line) \
                Device (name) \
                { \
                    Name (_HID, EisaId ("PNP0501")) \
                    Name (_UID, number) \
                    Method (_STA, 0, NotSerialized) { Return (HERE (COMF & mask)) } \
                    Name (_CRS, ResourceTemplate () \
                    { \
                        IO (Decode16, base, base, 0x01, 0x08) \
                        IRQNoFlags () { line } \
                    }) \
                }
                SERIAL_PORT (COM1, 1, 1, 0x03F8, 4)
                SERIAL_PORT (COM2, 2, 2, 0x02F8, 3)
                SERIAL_PORT (COM3, 3, 4, 0x03E8, 4)
                SERIAL_PORT (COM4, 4, 8, 0x02E8, 3)
            }
        }

        // The router of the ISA bridge: four lines that go to an ISA interrupt each, or nowhere.
        Name (PRSV, ResourceTemplate ()
        {
            Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) { 5, 10, 11 }
        })
        Name (CRSV, ResourceTemplate ()
        {
            Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) { 0 }
        })
        CreateDWordField (CRSV, 0x05, LINE)
        Method (LSTA, 1, NotSerialized)
        {
            If (Arg0 & 0x80) { Return (0x09) }
            Return (0x0B)
        }
        Method (LCRS, 1, Serialized)
        {
            LINE = Zero
            If (!(Arg0 & 0x80)) { LINE = Arg0 & 0x0F }
            Return (CRSV)
        }
        Method (LSRS, 1, NotSerialized)
        {
            CreateDWordField (Arg0, 0x05, WANT)
            Return (WANT & 0x0F)
        }

#define LINK(name, number, register) \
        Device (name) \
        { \
            Name (_HID, EisaId ("PNP0C0F")) \
            Name (_UID, number) \
            Method (_STA, 0, NotSerialized) { Return (LSTA (register)) } \
            Method (_PRS, 0, NotSerialized) { Return (PRSV) } \
            Method (_CRS, 0, NotSerialized) { Return (LCRS (register)) } \
            Method (_SRS, 1, NotSerialized) { register = LSRS (Arg0) } \
            Method (_DIS, 0, NotSerialized) { register |= 0x80 } \
        }
        LINK (LNKA, 1, \_SB.PCI0.ISA.PRQA)
        LINK (LNKB, 2, \_SB.PCI0.ISA.PRQB)
        LINK (LNKC, 3, \_SB.PCI0.ISA.PRQC)
        LINK (LNKD, 4, \_SB.PCI0.ISA.PRQD)

        Device (HPET)
        {
            Name (_HID, EisaId ("PNP0103"))
            Method (_STA, 0, NotSerialized) { Return (HERE (HPTF)) }
            Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadOnly, 0xFED00000, 0x0400) })
        }

        Device (CPU0)
        {
            Name (_HID, "ACPI0007")
            Name (_UID, Zero)
        }
    }
}
