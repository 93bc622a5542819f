// SPDX-License-Identifier: BSD-2-Clause
#include "atapi_answers.hpp"

#include <algorithm>
#include <string_view>

namespace vestige::devices {
namespace {

constexpr u32 frames_per_second = 75, pregap = 150;
constexpr u8 lead_out = 0xaa;
constexpr u16 cd_rom_profile = 0x0008;

/// Numbers in packets and answers are big-endian.
class Writer {
  public:
    explicit Writer(CdAnswer out) : out_{out} {}
    Writer& number(u64 value, unsigned size) {
        for (unsigned i = size; i-- > 0;)
            out_[at_++] = static_cast<std::byte>(value >> (8 * i));
        return *this;
    }
    Writer& list(std::initializer_list<u8> values) {
        for (const u8 value : values)
            out_[at_++] = static_cast<std::byte>(value);
        return *this;
    }
    Writer& zeros(std::size_t count) {
        std::fill_n(out_.begin() + static_cast<std::ptrdiff_t>(at_), count, std::byte{0});
        at_ += count;
        return *this;
    }
    Writer& text(std::string_view value) {
        for (const char c : value)
            out_[at_++] = static_cast<std::byte>(c);
        return *this;
    }
    /// Puts size - after into the number at the front.
    std::size_t finish(unsigned size, std::size_t after) {
        const std::size_t total = at_;
        at_ = 0;
        number(total - after, size);
        return total;
    }
    [[nodiscard]] std::size_t size() const { return at_; }

  private:
    CdAnswer out_;
    std::size_t at_ = 0;
};

void address(Writer& out, u32 sector, bool msf) {
    if (!msf) {
        out.number(sector, 4);
        return;
    }
    const u32 frames = sector + pregap;
    out.list({0, static_cast<u8>(frames / frames_per_second / 60),
              static_cast<u8>(frames / frames_per_second % 60),
              static_cast<u8>(frames % frames_per_second)});
}

u32 length_of(u64 sectors) { return static_cast<u32>(std::min<u64>(sectors, 0xfffffffe)); }

} // namespace

std::size_t cd_inquiry(CdAnswer out) {
    Writer w{out};
    w.list({0x05, 0x80, 0x00, 0x21, 31, 0, 0, 0}); // CD-ROM, removable, ATAPI, MMC format
    w.text("VESTIGE ").text("CD-ROM          ").text("1.0 ");
    return w.size();
}

std::size_t cd_request_sense(CdAnswer out, const CdSense& sense) {
    Writer w{out};
    w.list({0x70, 0, sense.key, 0, 0, 0, 0, 10, 0, 0, 0, 0, sense.code, sense.qualifier}).zeros(4);
    return w.size();
}

std::size_t cd_capacity(CdAnswer out, u64 sectors) {
    Writer w{out};
    w.number(length_of(sectors) - (sectors != 0 ? 1 : 0), 4).number(AtapiCd::sector, 4);
    return w.size();
}

std::optional<std::size_t> cd_toc(CdAnswer out, u64 sectors, u8 format, u8 track, bool msf) {
    constexpr u8 data_track = 0x14;
    Writer w{out};
    w.zeros(2).list({1, 1}); // one track, one session
    if (format == 1) {
        w.list({0, data_track, 1, 0});
        address(w, 0, msf);
        return w.finish(2, 2);
    }
    if (format != 0 || (track > 1 && track != lead_out))
        return {};
    if (track <= 1) {
        w.list({0, data_track, 1, 0});
        address(w, 0, msf);
    }
    w.list({0, data_track, lead_out, 0});
    address(w, length_of(sectors), msf);
    return w.finish(2, 2);
}

std::optional<std::size_t> cd_mode_sense(CdAnswer out, u8 page, const CdTray& tray) {
    constexpr u8 error_recovery = 0x01, capabilities = 0x2a, all = 0x3f;
    if (page != error_recovery && page != capabilities && page != all)
        return {};
    Writer w{out};
    w.zeros(2).list({static_cast<u8>(tray.open ? 0x71 : 0x01), 0, 0, 0, 0, 0});
    if (page != capabilities)
        w.list({error_recovery, 6, 0, 3, 0, 0, 0, 0});
    if (page != error_recovery) {
        // Reads CD-R and CD-RW, multi-session, mode 2; a tray that can be locked and ejects.
        w.list({capabilities, 20, 0x03, 0x00, 0x71, 0x00,
                static_cast<u8>(tray.locked ? 0x2b : 0x29), 0x00});
        w.number(706, 2).number(2, 2).number(512, 2).number(706, 2).zeros(6);
    }
    return w.finish(2, 2);
}

namespace {

struct Feature {
    u16 code;
    u8 flags; ///< version, persistent (2), current (1)
    u8 size;
    std::array<u8, 8> data;
};
constexpr std::array<Feature, 7> features{{
    {0x0000, 0x03, 4, {0x00, 0x08, 0x00, 0x00}},                         // profiles: CD-ROM
    {0x0001, 0x03, 4, {0x00, 0x00, 0x00, 0x02}},                         // core: ATAPI
    {0x0003, 0x03, 4, {0x29, 0x00, 0x00, 0x00}},                         // removable: tray
    {0x0010, 0x00, 8, {0x00, 0x00, 0x08, 0x00, 0x00, 0x01, 0x01, 0x00}}, // random readable
    {0x001d, 0x00, 0, {}},                                               // multi-read
    {0x001e, 0x00, 4, {0x00, 0x00, 0x00, 0x00}},                         // CD read
    {0x0100, 0x03, 0, {}},                                               // power management
}};
/// Features that come and go with a readable medium.
constexpr bool needs_medium(const Feature& f) { return (f.flags & 2) == 0; }

} // namespace

std::size_t cd_configuration(CdAnswer out, u8 request, u16 first, bool medium) {
    constexpr u8 only_current = 1, only_one = 2;
    Writer w{out};
    w.zeros(6).number(medium ? cd_rom_profile : 0U, 2);
    for (const Feature& f : features) {
        const bool current = medium || !needs_medium(f);
        const bool asked = request == only_one ? f.code == first : f.code >= first;
        if (!asked || (request == only_current && !current))
            continue;
        w.number(f.code, 2).list({static_cast<u8>((f.flags & ~1) | (current ? 1 : 0)), f.size});
        for (u8 i = 0; i < f.size; ++i)
            w.list({f.code == 0 && i == 2 ? static_cast<u8>(medium ? 1 : 0) : f.data[i]});
    }
    return w.finish(4, 4);
}

std::size_t cd_event_status(CdAnswer out, u8 classes, const CdTray& tray) {
    constexpr u8 media_class = 4, no_event = 0x80, supported = 1U << media_class;
    Writer w{out};
    if ((classes & supported) == 0) {
        w.number(2, 2).list({no_event, supported});
        return w.size();
    }
    w.number(6, 2).list({media_class, supported, tray.event,
                         static_cast<u8>(tray.open ? 0x01 : 0x02), 0, 0});
    return w.size();
}

std::size_t cd_mechanism_status(CdAnswer out) {
    Writer w{out};
    w.list({0, 0, 0, 0, 0, 1, 0, 0}); // one slot, no table of slots
    return w.size();
}

std::size_t cd_disc_information(CdAnswer out) {
    Writer w{out};
    w.number(32, 2).list({0x0e, 1, 1, 1, 1, 0x20}).zeros(26); // complete, one session, one track
    return w.size();
}

} // namespace vestige::devices
