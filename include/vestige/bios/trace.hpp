// SPDX-License-Identifier: BSD-2-Clause
// One BIOS call as numbers, and those as a line of text:
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

/// The registers that calls use. Selectors and packet are there when the call's row names them.
struct CallValues {
    u32 eax = 0, ebx = 0, ecx = 0, edx = 0;
    u16 si = 0, di = 0, bp = 0;
    u16 ds = 0, es = 0;
    bool operator==(const CallValues&) const = default;
};

/// Small enough to be kept for every call.
struct CallRecord {
    u8 interrupt = 0;
    u16 flags = 0; ///< the caller's, afterwards
    CallValues in;
    CallValues out;
    u64 lba = 0; ///< of the packet
    u16 count = 0;
    FarPtr buffer;
    u32 ticks = 0;
    /// The same call with the same answer, whatever time it took.
    [[nodiscard]] bool same_as(const CallRecord& other) const {
        return interrupt == other.interrupt && flags == other.flags && in == other.in &&
               out == other.out && lba == other.lba;
    }
};

/// Made before a call runs, asked for the record after it.
class CallRecorder {
  public:
    CallRecorder(Environment& environment, Stub stub);
    /// The record, with the results that the registers and the caller's flags hold now.
    [[nodiscard]] const CallRecord& finish();
    /// The row that serves the call; null when there is none.
    [[nodiscard]] const Service* service() const { return service_; }

  private:
    [[nodiscard]] CallValues values() const;
    void read_packet();

    Environment& env_;
    Stub stub_;
    const Service* service_;
    Shown shown_;
    CallRecord record_;
};

/// The row that the call ran; null when there is none.
[[nodiscard]] const Service* service_of(const CallRecord& record);
/// The whole line, without the ticks.
void print_call(TextSink& out, const CallRecord& record);

} // namespace vestige::bios
