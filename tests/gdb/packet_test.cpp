// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/gdb/packet.hpp"

#include "tests/support/random_bytes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vestige::gdb {
namespace {

using Found = PacketReader::Found;

/// What the last byte of text gave.
Found feed(PacketReader& reader, std::string_view text) {
    Found found = Found::nothing;
    for (const char c : text)
        found = reader.feed(static_cast<u8>(c));
    return found;
}

struct Output final : TextSink {
    void write(std::string_view more) override { text += more; }
    std::string text;
};

std::string packet(std::string_view payload) {
    Output out;
    send_packet(out, payload);
    return out.text;
}

TEST(Packet, HasItsChecksumBehindIt) {
    EXPECT_EQ(packet("OK"), "$OK#9a");
    EXPECT_EQ(packet(""), "$#00");
}

TEST(Packet, IsFoundBetweenOtherBytes) {
    PacketReader reader;
    EXPECT_EQ(feed(reader, "noise+"), Found::accepted);
    EXPECT_EQ(feed(reader, "-"), Found::refused);
    EXPECT_EQ(feed(reader, "\3"), Found::interrupt);
    EXPECT_EQ(feed(reader, "$m7c00,4#8f"), Found::corrupt);
    EXPECT_EQ(feed(reader, packet("m7c00,4")), Found::packet);
    EXPECT_EQ(reader.payload(), "m7c00,4");
}

TEST(Packet, BinaryDataIsUnescaped) {
    PacketReader reader;
    EXPECT_EQ(feed(reader, packet("X0,2:}\x03}\x5d")), Found::packet);
    EXPECT_EQ(reader.payload(), "X0,2:#}");
}

TEST(Packet, CtrlCInsideOneIsData) {
    PacketReader reader;
    EXPECT_EQ(feed(reader, packet("X0,1:\3")), Found::packet);
    EXPECT_EQ(reader.payload(), "X0,1:\3");
}

TEST(Packet, LostEndIsMadeUpForByTheNextOne) {
    PacketReader reader;
    feed(reader, "$m7c0");
    EXPECT_EQ(feed(reader, packet("g")), Found::packet);
    EXPECT_EQ(reader.payload(), "g");
}

TEST(Packet, TooLongOneIsRefusedWhole) {
    PacketReader reader;
    EXPECT_EQ(feed(reader, packet(std::string(longest_packet, 'a'))), Found::packet);
    EXPECT_EQ(feed(reader, packet(std::string(longest_packet + 1, 'a'))), Found::corrupt);
    EXPECT_EQ(feed(reader, packet("g")), Found::packet);
}

/// Whatever came before, the second good packet is found: the first one may end a broken one.
TEST(Packet, GoodOnesAreFoundBehindAnything) {
    test::RandomBytes random{1};
    PacketReader reader;
    for (u64 i = 0; i < test::fuzz_inputs(); ++i) {
        for (u64 count = random.below(40); count != 0; --count) {
            constexpr std::string_view likely = "$#}*+-0aF";
            const u8 byte = random.one_in(2)
                                ? static_cast<u8>(likely[random.below(likely.size())])
                                : static_cast<u8>(random.next());
            if (reader.feed(byte) == Found::packet) {
                ASSERT_LE(reader.payload().size(), longest_packet);
            }
        }
        feed(reader, packet("first"));
        ASSERT_EQ(feed(reader, packet("second")), Found::packet);
        ASSERT_EQ(reader.payload(), "second");
    }
}

TEST(Payload, NumbersEndWhereDigitsEnd) {
    PayloadReader in{"7c00,fF:rest"};
    EXPECT_EQ(in.number(), 0x7c00u);
    EXPECT_TRUE(in.skip(","));
    EXPECT_EQ(in.number(), 0xffu);
    EXPECT_EQ(in.number(), std::nullopt);
    EXPECT_TRUE(in.skip(":"));
    EXPECT_EQ(in.rest(), "rest");
    EXPECT_EQ(PayloadReader{"10000000000000000"}.number(), std::nullopt);
    EXPECT_EQ(PayloadReader{"ffffffffffffffff"}.number(), ~u64{0});
}

TEST(Payload, RegistersComeLowByteFirst) {
    EXPECT_EQ(PayloadReader{"007c0000"}.little_endian(4), 0x7c00u);
    EXPECT_EQ(PayloadReader{"007c00"}.little_endian(4), std::nullopt);
    EXPECT_EQ(PayloadReader{"xx"}.little_endian(1), std::nullopt);
}

TEST(Reply, CutsOffWhatDoesNotFit) {
    Reply reply;
    for (std::size_t i = 0; i <= longest_packet; ++i)
        reply.write("a");
    EXPECT_EQ(reply.view().size(), longest_packet);
    reply.clear();
    reply.hex(0x1234, 4);
    reply.binary("a#b");
    EXPECT_EQ(reply.view(), "34120000a}\x03" "b");
}

} // namespace
} // namespace vestige::gdb
