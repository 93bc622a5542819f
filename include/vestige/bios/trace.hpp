// SPDX-License-Identifier: BSD-2-Clause
// One BIOS call as a line of text:
// int 13h ah=02h read drive=00h chs=0/0/2 count=14 buf=1000:0000 -> cf=0 ah=00h al=0eh
//
// A service's row lists what is shown, by blanks: "[label=]source[format]". A source is a
// register (al, cx, edi, es), a flag of the caller's (cf, zf), a pair seg:off (es:bx), or one of
// chs (cylinder, head and sector of INT 13h) and packet (the disk address packet at DS:SI).
// Formats: # decimal, ' as a character too; else hexadecimal.
#pragma once

#include "vestige/bios/service.hpp"

#include "vestige/base/format.hpp"

namespace vestige::bios {

/// Made before a call runs, asked for the line after it.
class CallTrace {
  public:
    CallTrace(Environment& environment, Stub stub);
    /// The whole line, with the results that the registers and the caller's flags hold now.
    [[nodiscard]] std::string_view finish();

  private:
    Environment& env_;
    Stub stub_;
    const Service* service_;
    Linear flags_at_;
    char text_[240];
    TextBuffer line_;
};

} // namespace vestige::bios
