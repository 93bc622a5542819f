// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/picture_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vestige::monitor {
namespace {

struct FixedClock final : machine::Clock {
    [[nodiscard]] machine::Nanoseconds now() const override { return 0; }
};

struct StringSink final : TextSink {
    std::string text;
    void write(std::string_view part) override { text += part; }
};

struct PictureText : testing::Test {
    PictureText() {
        using devices::Dispi;
        vga.set_dispi(Dispi::width, 16);
        vga.set_dispi(Dispi::height, 4);
        vga.set_dispi(Dispi::bits, 32);
        vga.set_dispi(Dispi::enable, 0x41);
    }
    std::string picture(unsigned first, std::size_t most) {
        StringSink out;
        write_picture(devices::VgaPicture{vga}, first, most, rows, out);
        return out.text;
    }
    FixedClock clock;
    std::vector<std::byte> text = std::vector<std::byte>(devices::Vga::text_size);
    std::vector<std::byte> frame = std::vector<std::byte>(mib);
    devices::Vga vga{clock, {text, frame}};
    PictureRows rows{};
};

TEST_F(PictureText, RunsAndRepeatedRows) {
    // Row 1: 1 2 3 3 3 ... in blue.
    frame[64] = std::byte{1};
    frame[68] = std::byte{2};
    for (std::size_t i = 2; i < 16; ++i)
        frame[64 + 4 * i] = std::byte{3};
    EXPECT_EQ(picture(0, 4096), "picture 16x4\n"
                                "row 0 jgAAAA==\n"
                                "row 1 AQAAAQAAAowAAAM=\n"
                                "row 2 jgAAAA==\n"
                                "row 3 =\n"
                                "picture ends\n");
}

TEST_F(PictureText, ComesInParts) {
    EXPECT_EQ(picture(0, 50), "picture 16x4\n"
                              "row 0 jgAAAA==\n"
                              "row 1 =\n"
                              "picture goes on at 2\n");
    EXPECT_EQ(picture(3, 50), "picture 16x4\nrow 3 jgAAAA==\npicture ends\n");
    EXPECT_EQ(picture(0xffff, 50), "picture 16x4\npicture ends\n");
}

TEST_F(PictureText, LongRunsAreCut) {
    vga.set_dispi(devices::Dispi::enable, 0);
    vga.set_dispi(devices::Dispi::width, 640);
    vga.set_dispi(devices::Dispi::height, 1);
    vga.set_dispi(devices::Dispi::enable, 0x41);
    // 640 pixels are four runs of 129 and one of 124.
    EXPECT_EQ(picture(0, 4096), "picture 640x1\n"
                                "row 0 /wAAAP8AAAD/AAAA/wAAAPoAAAA=\n"
                                "picture ends\n");
}

} // namespace
} // namespace vestige::monitor
