// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/monitor/key_decoder.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace vestige::monitor {
namespace {

struct Keys : testing::Test, KeySink {
    void key(KeyCode code) override {
        for (const u8 byte : code.span()) {
            char text[4];
            std::snprintf(text, sizeof text, "%02x ", byte);
            seen += text;
        }
    }
    void command(u8 byte) override { seen += std::string{"<"} + static_cast<char>(byte) + ">"; }

    /// What typing text makes, the Esc time-out passed.
    std::string typed(std::string_view text) {
        seen.clear();
        for (const char c : text)
            decoder.feed(static_cast<u8>(c), now += 1000);
        decoder.expire(now += 1'000'000'000);
        return seen;
    }

    std::string seen;
    machine::Nanoseconds now = 0;
    KeyDecoder decoder{*this, 0x1e};
};

TEST_F(Keys, PlainAndShifted) {
    EXPECT_EQ(typed("a"), "1e 9e ");
    EXPECT_EQ(typed("A"), "2a 1e 9e aa ");
    EXPECT_EQ(typed("1!"), "02 82 2a 02 82 aa ");
    EXPECT_EQ(typed(" \t"), "39 b9 0f 8f ");
    EXPECT_EQ(typed("\\|"), "2b ab 2a 2b ab aa ");
    EXPECT_EQ(typed("\"'"), "2a 28 a8 aa 28 a8 ");
    EXPECT_EQ(typed("zZ/?"), "2c ac 2a 2c ac aa 35 b5 2a 35 b5 aa ");
}

TEST_F(Keys, EveryPrintableCharacterIsAKey) {
    for (char c = ' '; c <= '~'; ++c)
        EXPECT_NE(typed({&c, 1}), "") << c;
}

TEST_F(Keys, EnterBackspaceControl) {
    EXPECT_EQ(typed("\r"), "1c 9c ");
    EXPECT_EQ(typed("\n"), "1c 9c ");
    EXPECT_EQ(typed("\r\n"), "1c 9c ");
    EXPECT_EQ(typed("\n\n"), "1c 9c 1c 9c ");
    EXPECT_EQ(typed("\r\r\n"), "1c 9c 1c 9c ");
    EXPECT_EQ(typed("\x7f\b"), "0e 8e 0e 8e ");
    EXPECT_EQ(typed("\x03"), "1d 2e ae 9d ");
    EXPECT_EQ(typed(std::string_view{"\0", 1}), "1d 03 83 9d ");
    EXPECT_EQ(typed("\x1d"), "1d 1b 9b 9d ");
    EXPECT_EQ(typed("\x1f"), "1d 0c 8c 9d ");
}

TEST_F(Keys, Sequences) {
    EXPECT_EQ(typed("\x1b[A"), "e0 48 e0 c8 ");
    EXPECT_EQ(typed("\x1b[B\x1b[C\x1b[D"), "e0 50 e0 d0 e0 4d e0 cd e0 4b e0 cb ");
    EXPECT_EQ(typed("\x1bOA"), "e0 48 e0 c8 ");
    EXPECT_EQ(typed("\x1b[H\x1b[F"), "e0 47 e0 c7 e0 4f e0 cf ");
    EXPECT_EQ(typed("\x1b[1~\x1b[2~\x1b[3~"), "e0 47 e0 c7 e0 52 e0 d2 e0 53 e0 d3 ");
    EXPECT_EQ(typed("\x1b[4~\x1b[5~\x1b[6~"), "e0 4f e0 cf e0 49 e0 c9 e0 51 e0 d1 ");
    EXPECT_EQ(typed("\x1bOP\x1bOS"), "3b bb 3e be ");
    EXPECT_EQ(typed("\x1b[[A\x1b[[E"), "3b bb 3f bf ");
    EXPECT_EQ(typed("\x1b[11~\x1b[15~"), "3b bb 3f bf ");
    EXPECT_EQ(typed("\x1b[17~\x1b[21~"), "40 c0 44 c4 ");
    EXPECT_EQ(typed("\x1b[23~\x1b[24~"), "57 d7 58 d8 ");
    EXPECT_EQ(typed("\x1b[1;5C"), "1d e0 4d e0 cd 9d ");
    EXPECT_EQ(typed("\x1b[1;2P"), "2a 3b bb aa ");
    EXPECT_EQ(typed("\x1b[3;3~"), "38 e0 53 e0 d3 b8 ");
    EXPECT_EQ(typed("\x1b[Z"), "2a 0f 8f aa ");
}

TEST_F(Keys, EscapeAndAlt) {
    EXPECT_EQ(typed("\x1b"), "01 81 ");
    EXPECT_EQ(typed("\x1b\x1b"), "01 81 01 81 ");
    EXPECT_EQ(typed("\x1b\x1b[A"), "01 81 e0 48 e0 c8 ");
    EXPECT_EQ(typed("\x1bx"), "38 2d ad b8 ");
    EXPECT_EQ(typed("\x1bX"), "38 2a 2d ad aa b8 ");
    EXPECT_EQ(typed("\x1b\r"), "38 1c 9c b8 ");
}

TEST_F(Keys, EscapeWaitsForItsTimeOut) {
    decoder.feed(0x1b, 0);
    decoder.expire(99'999'999);
    EXPECT_EQ(seen, "");
    decoder.expire(100'000'000);
    EXPECT_EQ(seen, "01 81 ");
    seen.clear();
    decoder.feed(0x1b, 200'000'000);
    decoder.feed('[', 400'000'000); // too late to be a sequence
    EXPECT_EQ(seen, "01 81 1a 9a ");
}

TEST_F(Keys, UnknownSequencesAndUtf8AreSwallowed) {
    EXPECT_EQ(typed("\x1b[99~a"), "1e 9e ");
    EXPECT_EQ(typed("\x1b[12345678;9;9;9xa"), "1e 9e ");
    EXPECT_EQ(typed("\x1b[?1;2ca"), "1e 9e ");
    EXPECT_EQ(typed("\x1bOza"), "1e 9e ");
    EXPECT_EQ(typed("\xc3\xa4"), "");
}

TEST_F(Keys, EscapeKeyMakesCommands) {
    EXPECT_EQ(typed("\x1eh"), "<h>");
    EXPECT_EQ(typed("\x1e\x1e"), "1d 07 87 9d ");
    EXPECT_EQ(typed("\x1e\x1b"), "<\x1b>");
    EXPECT_EQ(typed("a\x1e"
                    "1a"),
              "1e 9e <1>1e 9e ");
    decoder.feed(0x1e, now);
    EXPECT_TRUE(decoder.awaits_command());
}

TEST_F(Keys, NoEscapeKeyWhenItIsOff) {
    KeyDecoder plain{*this, 0};
    plain.feed(0, 0);
    plain.feed(0x1e, 0);
    EXPECT_EQ(seen, "1d 03 83 9d 1d 07 87 9d ");
}

/// Whatever is typed, every press is followed by its release.
TEST_F(Keys, RandomBytesLeaveNoKeyDown) {
    struct Balance final : KeySink {
        void key(KeyCode code) override {
            const bool extended = code.size == 2;
            const u8 byte = code.bytes[code.size - 1U];
            down[extended][byte & 0x7f] = byte < 0x80;
        }
        void command(u8) override {}
        bool down[2][128]{};
    } balance;
    KeyDecoder random_decoder{balance, 0x1e};
    std::mt19937 random{3};
    for (unsigned i = 0; i < 200000; ++i) {
        constexpr std::string_view likely = "\x1b[O;~1259AP\x1e";
        const u8 byte = random() % 2 != 0 ? static_cast<u8>(random())
                                          : static_cast<u8>(likely[random() % likely.size()]);
        random_decoder.feed(byte, i * 1000);
        for (const auto& half : balance.down)
            for (const bool key : half)
                ASSERT_FALSE(key);
    }
}

} // namespace
} // namespace vestige::monitor
