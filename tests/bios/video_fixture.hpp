// SPDX-License-Identifier: BSD-2-Clause
// A hosted PC whose screen is looked at in memory, by the BIOS and on the monitor.
#pragma once

#include "vestige/devices/vga_picture.hpp"

#include "pc_fixture.hpp"

namespace vestige::test {

using devices::Rgb;
using devices::VgaPicture;

class Video : public Pc {
  protected:
    static constexpr u16 buffer = 0x4000; ///< at ES

    void mode(u8 number) { call(0x10, number); }
    u16 vbe_mode(u16 number) {
        bx(number);
        return call(0x10, 0x4f02).regs.word(cpu::Gpr::rax);
    }
    u64 at(u16 offset) const { return home.segment * 16U + offset; }
    u16 reg(cpu::Gpr name) const { return cpu.regs.word(name); }
    void di(u16 v) { cpu.regs.set_word(cpu::Gpr::rdi, v); }
    void bp(u16 v) { cpu.regs.set_word(cpu::Gpr::rbp, v); }
    u16 cell(unsigned row, unsigned column, unsigned columns = 80) const {
        return word_at(0xb8000 + 2 * (row * columns + column));
    }
    void put_string(const std::string& string) {
        for (std::size_t i = 0; i < string.size(); ++i)
            memory.store<u8>(Gpa{at(buffer) + i}, static_cast<u8>(string[i]));
    }
    void write_pixel(u16 x, u16 y, u8 colour, u8 page = 0) {
        cx(x);
        dx(y);
        bx(static_cast<u16>(page << 8));
        call(0x10, static_cast<u16>(0x0c00 | colour));
    }
    u8 read_pixel(u16 x, u16 y) {
        cx(x);
        dx(y);
        bx(0);
        return static_cast<u8>(call(0x10, 0x0d00).regs.word(cpu::Gpr::rax));
    }
    Rgb shown(u16 x, u16 y) const {
        const VgaPicture picture{vga};
        std::vector<Rgb> row(picture.width());
        picture.row(y, row);
        return x < row.size() ? row[x] : Rgb{1, 2, 3};
    }
};

} // namespace vestige::test
