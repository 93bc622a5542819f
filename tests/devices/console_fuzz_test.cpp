// SPDX-License-Identifier: BSD-2-Clause
// What people see and touch under such a guest: 8042 with keyboard and mouse, VGA, printer, and the
// power switch. See device_fuzz_test.cpp.
#include "vestige/devices/acpi_pm.hpp"
#include "vestige/devices/keyboard8042.hpp"
#include "vestige/devices/parallel_port.hpp"
#include "vestige/devices/vga_picture.hpp"

#include "device_fuzz.hpp"

#include <array>
#include <vector>

namespace vestige::test {
namespace {

TEST_F(DeviceFuzz, KeyboardAndMouse) {
    machine::A20Gate a20;
    FakePower power;
    devices::Keyboard8042 controller{clock, {lines, 1}, {lines, 12}, a20, power};
    ASSERT_TRUE(controller.attach(*bus));
    constexpr std::array<u8, 24> commands{0x20, 0x60, 0x60, 0xa7, 0xa8, 0xa9, 0xaa, 0xab,
                                          0xad, 0xae, 0xc0, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4,
                                          0xd4, 0xd4, 0xd4, 0xdd, 0xdf, 0xfe, 0x70, 0x30};
    constexpr std::array<u8, 24> bytes{0xed, 0xee, 0xf0, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6,
                                       0xff, 0xfe, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xeb,
                                       0xec, 0xf0, 0xc8, 0x64, 0x50, 0x00, 0x02, 0x03};
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        switch (random.below(8)) {
        case 0:
            out(0x64, commands[random.below(commands.size())]);
            break;
        case 1:
            out(0x60, bytes[random.below(bytes.size())]);
            break;
        case 2: {
            const std::array<u8, 2> codes{0xe0, static_cast<u8>(random.next())};
            static_cast<void>(controller.key(std::span{codes}.last(1 + random.below(2))));
            break;
        }
        case 3:
            controller.move_mouse(static_cast<int>(random.next()), static_cast<int>(random.next()),
                                  static_cast<int>(random.below(9)) - 4,
                                  static_cast<u8>(random.next()));
            break;
        case 4: {
            std::array<u8, 3> answers{};
            const std::array<u8, 1> asked{bytes[random.below(bytes.size())]};
            if (random.one_in(2))
                static_cast<void>(controller.ask_mouse(
                    asked, std::span{answers}.first(random.below(answers.size() + 1))));
            else
                static_cast<void>(controller.ask_keyboard(asked));
            break;
        }
        case 5:
            pass_time();
            break;
        default:
            access({{0x60, 1}, {0x64, 1}});
        }
        expire(controller);
        ASSERT_LE(controller.leds(), 7);
    }
}

TEST_F(DeviceFuzz, Vga) {
    std::vector<std::byte> text(devices::Vga::text_size);
    std::vector<std::byte> frame(4 * mib);
    std::vector<devices::Rgb> row;
    devices::Vga vga{clock, {text, frame}};
    auto mmio = std::make_unique<machine::MmioBus>();
    ASSERT_TRUE(vga.attach(*bus) && vga.attach_memory(*mmio));
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        switch (random.below(4)) {
        case 0:
            access({{0x3b0, 0x30}});
            break;
        case 1:
            bus->write(Port{0x1ce}, Width::word, static_cast<u32>(random.below(12)));
            bus->write(Port{0x1cf}, Width::word,
                       static_cast<u32>(random.one_in(2) ? random.next() : random.below(0x42)));
            break;
        case 2:
            pass_time();
            break;
        default:
            access(*mmio, devices::Vga::legacy_start, devices::Vga::legacy_size);
        }
        const devices::VideoWindow& window = vga.window();
        ASSERT_LE(window.offset + window.size, window.text ? text.size() : frame.size());
        if (const auto mode = vga.packed_mode()) {
            ASSERT_LE(mode->start + u64{mode->pitch} * (mode->height - 1U) +
                          (u64{mode->width} * mode->bits + 7) / 8,
                      frame.size());
        }
        if (random.one_in(256)) {
            const devices::VgaPicture picture{vga};
            row.resize(picture.width());
            ASSERT_LE(picture.width() * picture.height(), 4 * 1024 * 1024);
            if (picture.height() != 0)
                picture.row(static_cast<u16>(random.below(picture.height())), row);
            const devices::TextLayout layout = vga.text_layout();
            ASSERT_NE(layout.columns * layout.rows, 0);
        }
    }
}

TEST_F(DeviceFuzz, Printer) {
    FakeSink paper;
    devices::ParallelPort printer{{lines, 7}, paper};
    ASSERT_TRUE(printer.attach(*bus, Port{0x378}));
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        paper.room = random.below(3);
        access({{0x378, 3}});
        paper.got.clear();
    }
}

TEST_F(DeviceFuzz, Power) {
    FakePower power;
    devices::AcpiPm pm{clock, {lines, devices::AcpiPm::sci_line}, power};
    ASSERT_TRUE(pm.attach(*bus));
    pm.reset();
    for (u64 i = 0; i < fuzz_inputs(); ++i) {
        access({{0x600, 0x10}, {0xb2, 2}});
        if (random.one_in(4))
            pass_time();
        expire(pm);
    }
}

} // namespace
} // namespace vestige::test
