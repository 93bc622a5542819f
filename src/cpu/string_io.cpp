// SPDX-License-Identifier: BSD-2-Clause
// SDM 2A, "INS/INSB/INSW/INSD - Input from Port to String"; SDM 2B, "OUTS".
#include "vestige/cpu/string_io.hpp"

#include "vestige/cpu/bus_access.hpp"

#include <algorithm>

namespace vestige::cpu {
namespace {

/// One repetition. The memory operand is checked before the port is touched.
Result<Unit, Event> transfer(BusAccess& memory, machine::PortBus& ports, const StringIo& request) {
    Registers& regs = memory.linear().state().regs;
    const Gpr pointer = request.in ? Gpr::rdi : Gpr::rsi;
    const u64 offset = regs.get(pointer, request.address_size);
    const SegmentName segment = request.in ? SegmentName::es : request.segment;
    const auto place = memory.locate(segment, offset, request.width,
                                     request.in ? AccessKind::write : AccessKind::read);
    if (!place)
        return Error{place.error()};
    if (request.in)
        memory.write(place.value(), ports.read(request.port, request.width));
    else
        ports.write(request.port, request.width, static_cast<u32>(memory.read(place.value())));
    const u64 size = bytes(request.width);
    const bool down = (regs.rflags & rflags::df) != 0;
    regs.set(pointer, request.address_size, regs.get(pointer) + (down ? u64{0} - size : size));
    return Unit{};
}

/// How many repetitions lie on one page and in the segment, from the first on; DF is clear.
u64 in_one_block(const LinearAccess& access, SegmentName segment, u64 offset, AccessKind kind,
                 const StringIo& request, u64 most) {
    const u64 size = bytes(request.width);
    const auto first = access.linear(segment, offset, size, kind);
    if (!first)
        return 0;
    const u64 on_page = (page_size - first.value().offset_in(page_size)) / size;
    const u64 to_wrap = (all_ones(request.address_size) - offset) / size;
    const u64 count = std::min({most, on_page, to_wrap});
    return count != 0 && access.linear(segment, offset, count * size, kind) ? count : 0;
}

/// Several repetitions at once where their memory is RAM and nothing can go wrong; the number of
/// them. 0: they have to go one by one, as far as they go.
u64 transfer_block(LinearAccess& access, machine::PortBus& ports, const StringIo& request,
                   u64 most) {
    Registers& regs = access.state().regs;
    if (most < 2 || (regs.rflags & rflags::df) != 0)
        return 0;
    const Gpr pointer = request.in ? Gpr::rdi : Gpr::rsi;
    const SegmentName segment = request.in ? SegmentName::es : request.segment;
    const AccessKind kind = request.in ? AccessKind::write : AccessKind::read;
    const u64 offset = regs.get(pointer, request.address_size);
    const u64 count = in_one_block(access, segment, offset, kind, request, most);
    if (count == 0)
        return 0;
    // The checks above have found the address.
    const Linear address =
        access.linear(segment, offset, bytes(request.width), kind).value();
    const auto place = access.translate(address, access.data(kind));
    if (!place)
        return 0;
    const u64 size = count * bytes(request.width);
    machine::GuestMemory& memory = access.path().memory;
    if (request.in) {
        const std::span<std::byte> ram = memory.ram(place.value(), size);
        if (ram.empty())
            return 0;
        ports.read_string(request.port, request.width, ram);
    } else {
        const std::span<const std::byte> bytes_there = memory.view(place.value(), size);
        if (bytes_there.empty())
            return 0;
        ports.write_string(request.port, request.width, bytes_there);
    }
    regs.set(pointer, request.address_size, offset + size);
    return count;
}

} // namespace

Result<bool, Event> string_io(LinearAccess& access, MemoryBus& memory, machine::PortBus& ports,
                              const StringIo& request, u32 most_repetitions) {
    BusAccess bus{access, memory};
    Registers& regs = access.state().regs;
    const u32 most = request.rep ? most_repetitions : 1;
    for (u64 left = most; left != 0;) {
        const u64 count = request.rep ? regs.get(Gpr::rcx, request.address_size) : 1;
        if (count == 0)
            return true;
        u64 moved = transfer_block(access, ports, request, std::min(count, left));
        if (moved == 0) {
            if (const auto done = transfer(bus, ports, request); !done)
                return Error{done.error()};
            moved = 1;
        }
        if (request.rep)
            regs.set(Gpr::rcx, request.address_size, count - moved);
        if (count == moved)
            return true;
        left -= moved;
    }
    return false;
}

} // namespace vestige::cpu
