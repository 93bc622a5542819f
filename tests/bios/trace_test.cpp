// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/trace.hpp"

#include "pc_fixture.hpp"

namespace vestige::bios {
namespace {

class Trace : public test::Pc {
  protected:
    std::vector<std::byte> image = std::vector<std::byte>(1440 * kib);
    disk::RamDisk floppy{image, {}, {}, 512};

    void SetUp() override {
        ASSERT_TRUE(drives.add(floppy, disk::DriveType::floppy, {}));
        power_on();
    }
    /// The line of an INT that is done in one go.
    std::string line(u8 interrupt_number, u16 value) {
        ax(value);
        go(home);
        interrupt(interrupt_number);
        while (!identify(cpu::linear_rip(cpu)))
            EXPECT_TRUE(step());
        CallRecorder recorder{unit->environment(), *identify(cpu::linear_rip(cpu))};
        EXPECT_TRUE(step());
        char storage[240];
        TextBuffer text{storage};
        print_call(text, recorder.finish());
        EXPECT_TRUE(run_to(home));
        return std::string{text.view()};
    }
};

TEST_F(Trace, ReadIsDecodedBothWays) {
    cpu.load_real(cpu::SegmentName::es, 0x1000);
    bx(0);
    cx(0x0002);
    dx(0x0000);
    EXPECT_EQ(line(0x13, 0x020e), "int 13h ah=02h read drive=00h chs=0/0/2 count=14 buf=1000:0000 "
                                  "-> cf=0 ah=00h al=0eh");
    cx(0xfffe);
    dx(0x0780);
    EXPECT_EQ(line(0x13, 0x0201), "int 13h ah=02h read drive=80h chs=1023/7/62 count=1 "
                                  "buf=1000:0000 -> cf=1 ah=01h al=01h");
}

TEST_F(Trace, PacketOfExtendedReadIsShown) {
    cpu.load_real(cpu::SegmentName::ds, 0x2000);
    set(cpu::Gpr::rsi, 0x400);
    memory.store<u32>(Gpa{0x20400}, 0x00050010);
    memory.store<u32>(Gpa{0x20404}, 0x12345678);
    memory.store<u64>(Gpa{0x20408}, 99);
    dx(0x0080);
    EXPECT_EQ(line(0x13, 0x4200), "int 13h ah=42h EDD read drive=80h lba=99 count=5 buf=1234:5678 "
                                  "-> cf=1 ah=01h");
}

TEST_F(Trace, FunctionsChosenByAxAndByBl) {
    EXPECT_EQ(line(0x15, 0x2402), "int 15h ax=2402h A20 status -> cf=0 ah=00h al=01h cx=0000h");
    bx(0x0010);
    EXPECT_EQ(line(0x10, 0x1200), "int 10h ah=12h bl=10h get EGA information -> bx=0003h "
                                  "cx=0009h");
    bx(0);
    EXPECT_EQ(line(0x10, 0x0e41), "int 10h ah=0eh teletype char=41h'A' colour=00h ->");
}

TEST_F(Trace, AnswersOfNothingShowNoResults) {
    CallRecord record;
    record.interrupt = 0x16;
    record.in.eax = 0x1100;
    record.out.eax = 0x1e61;
    const auto shown = [&record](u16 flags) {
        char storage[80];
        TextBuffer text{storage};
        record.flags = flags;
        print_call(text, record);
        return std::string{text.view()};
    };
    EXPECT_EQ(shown(cpu::rflags::zf), "int 16h ah=11h extended peek -> zf=1");
    EXPECT_EQ(shown(0), "int 16h ah=11h extended peek -> zf=0 scan=1eh char=61h'a'");
}

TEST_F(Trace, UnknownAndRefusedFunctionsShowTheError) {
    EXPECT_EQ(line(0x15, 0x1234), "int 15h ax=1234h unknown function -> cf=1 ah=86h");
    EXPECT_EQ(line(0x15, 0xd800), "int 15h ah=d8h EISA -> cf=1 ah=86h");
    EXPECT_EQ(line(0x11, 0), "int 11h equipment list -> ax=4227h");
}

} // namespace
} // namespace vestige::bios
