// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/cpu/disassemble.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace vestige::cpu {
namespace {

std::string text_of(const std::vector<u8>& code, Mode mode, u64 ip, unsigned length) {
    char storage[120];
    TextBuffer out{storage};
    EXPECT_EQ(disassemble(out, std::as_bytes(std::span{code}), mode, ip), length);
    return std::string{out.view()};
}

TEST(Disassemble, RealModeCode) {
    EXPECT_EQ(text_of({0x0f, 0x01, 0xc1}, Mode::real, 0, 3), "vmcall");
    EXPECT_EQ(text_of({0xcd, 0x13}, Mode::real, 0x7c00, 2), "int 0x13");
    EXPECT_EQ(text_of({0xea, 0x5b, 0xe0, 0x00, 0xf0}, Mode::real, 0xfff0, 5),
              "jmp far 0xF000:0xE05B");
    EXPECT_EQ(text_of({0xeb, 0xfe}, Mode::real, 0x7c00, 2), "jmp 0x7C00");
    EXPECT_EQ(text_of({0xe9, 0x00, 0x10}, Mode::real, 0xfff0, 3), "jmp 0xFF3");
}

TEST(Disassemble, UnrealAddressesAreWhole) {
    EXPECT_EQ(text_of({0x67, 0xa0, 0x00, 0x00, 0x0b, 0x00}, Mode::real, 0, 6), "mov al, [0xB0000]");
    EXPECT_EQ(text_of({0xa0, 0x34, 0x12}, Mode::real, 0, 3), "mov al, [0x1234]");
}

TEST(Disassemble, OtherModes) {
    EXPECT_EQ(text_of({0x48, 0x89, 0xd8}, Mode::long64, 0, 3), "mov rax, rbx");
    EXPECT_EQ(text_of({0x48, 0x89, 0xd8}, Mode::protected32, 0, 1), "dec eax");
    EXPECT_EQ(text_of({0x89, 0xd8}, Mode::protected16, 0, 2), "mov ax, bx");
}

TEST(Disassemble, BytesThatAreNoInstruction) {
    EXPECT_EQ(text_of({0xff, 0xff}, Mode::real, 0, 1), "db 0xFF");
    EXPECT_EQ(text_of({0x0f}, Mode::long64, 0, 1), "db 0x0F");
    EXPECT_EQ(text_of({}, Mode::real, 0, 1), "db 0x00");
}

} // namespace
} // namespace vestige::cpu
