// SPDX-License-Identifier: BSD-2-Clause
#include "video_mode.hpp"

#include <array>

namespace vestige::bios {
namespace {

using enum MemoryModel;

constexpr std::array standard_modes{
    VideoMode{0x00, text, 4, 40, 25, 16},     VideoMode{0x01, text, 4, 40, 25, 16},
    VideoMode{0x02, text, 4, 80, 25, 16},     VideoMode{0x03, text, 4, 80, 25, 16},
    VideoMode{0x04, cga, 2, 320, 200, 8},     VideoMode{0x05, cga, 2, 320, 200, 8},
    VideoMode{0x06, cga, 1, 640, 200, 8},     VideoMode{0x07, text, 4, 80, 25, 16},
    VideoMode{0x0d, planar, 4, 320, 200, 8},  VideoMode{0x0e, planar, 4, 640, 200, 8},
    VideoMode{0x0f, planar, 1, 640, 350, 14}, VideoMode{0x10, planar, 4, 640, 350, 14},
    VideoMode{0x11, planar, 1, 640, 480, 16}, VideoMode{0x12, planar, 4, 640, 480, 16},
    VideoMode{0x13, packed, 8, 320, 200, 8},
};

/// In the order in which programs list them: those with planes and with text, which few want and
/// other BIOSes lack, come last.
constexpr std::array modes_of_vbe{
    VideoMode{0x100, packed, 8, 640, 400, 16},    VideoMode{0x101, packed, 8, 640, 480, 16},
    VideoMode{0x103, packed, 8, 800, 600, 16},    VideoMode{0x105, packed, 8, 1024, 768, 16},
    VideoMode{0x107, packed, 8, 1280, 1024, 16},  VideoMode{0x10d, direct, 15, 320, 200, 8},
    VideoMode{0x10e, direct, 16, 320, 200, 8},    VideoMode{0x10f, direct, 24, 320, 200, 8},
    VideoMode{0x110, direct, 15, 640, 480, 16},   VideoMode{0x111, direct, 16, 640, 480, 16},
    VideoMode{0x112, direct, 24, 640, 480, 16},   VideoMode{0x113, direct, 15, 800, 600, 16},
    VideoMode{0x114, direct, 16, 800, 600, 16},   VideoMode{0x115, direct, 24, 800, 600, 16},
    VideoMode{0x116, direct, 15, 1024, 768, 16},  VideoMode{0x117, direct, 16, 1024, 768, 16},
    VideoMode{0x118, direct, 24, 1024, 768, 16},  VideoMode{0x119, direct, 15, 1280, 1024, 16},
    VideoMode{0x11a, direct, 16, 1280, 1024, 16}, VideoMode{0x11b, direct, 24, 1280, 1024, 16},
    VideoMode{0x11c, packed, 8, 1600, 1200, 16},  VideoMode{0x11d, direct, 15, 1600, 1200, 16},
    VideoMode{0x11e, direct, 16, 1600, 1200, 16}, VideoMode{0x11f, direct, 24, 1600, 1200, 16},
    VideoMode{0x140, direct, 32, 320, 200, 8},    VideoMode{0x141, direct, 32, 640, 400, 16},
    VideoMode{0x142, direct, 32, 640, 480, 16},   VideoMode{0x143, direct, 32, 800, 600, 16},
    VideoMode{0x144, direct, 32, 1024, 768, 16},  VideoMode{0x145, direct, 32, 1280, 1024, 16},
    VideoMode{0x146, packed, 8, 320, 200, 8},     VideoMode{0x147, direct, 32, 1600, 1200, 16},
    VideoMode{0x148, packed, 8, 1152, 864, 16},   VideoMode{0x149, direct, 15, 1152, 864, 16},
    VideoMode{0x14a, direct, 16, 1152, 864, 16},  VideoMode{0x14b, direct, 24, 1152, 864, 16},
    VideoMode{0x14c, direct, 32, 1152, 864, 16},  VideoMode{0x102, planar, 4, 800, 600, 16},
    VideoMode{0x104, planar, 4, 1024, 768, 16},   VideoMode{0x106, planar, 4, 1280, 1024, 16},
    VideoMode{0x108, text, 4, 80, 60, 8},         VideoMode{0x109, text, 4, 132, 25, 16},
    VideoMode{0x10a, text, 4, 132, 43, 8},        VideoMode{0x10b, text, 4, 132, 50, 8},
    VideoMode{0x10c, text, 4, 132, 60, 8},
};

} // namespace

const VideoMode* find_mode(u16 number) {
    const std::span<const VideoMode> modes =
        number < 0x100 ? std::span<const VideoMode>{standard_modes} : vbe_modes();
    for (const VideoMode& mode : modes)
        if (mode.number == number)
            return &mode;
    return nullptr;
}

std::span<const VideoMode> vbe_modes() {
    return modes_of_vbe;
}

const VideoMode* current_mode(const Call& call) {
    const u16 vbe = call.bda<u16>(bda::vbe_mode) & 0x1ff;
    return find_mode(vbe >= 0x100 ? vbe : call.bda<u8>(bda::video_mode));
}

} // namespace vestige::bios
