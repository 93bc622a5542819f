// SPDX-License-Identifier: BSD-2-Clause
// SDM 2A, "INS/INSB/INSW/INSD - Input from Port to String"; SDM 2B, "OUTS".
#include "vestige/cpu/string_io.hpp"

#include "vestige/cpu/bus_access.hpp"

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

} // namespace

Result<bool, Event> string_io(LinearAccess& access, MemoryBus& memory, machine::PortBus& ports,
                              const StringIo& request, u32 most_repetitions) {
    BusAccess bus{access, memory};
    Registers& regs = access.state().regs;
    const u32 most = request.rep ? most_repetitions : 1;
    for (u32 i = 0; i < most; ++i) {
        const u64 count = request.rep ? regs.get(Gpr::rcx, request.address_size) : 1;
        if (count == 0)
            return true;
        if (const auto done = transfer(bus, ports, request); !done)
            return Error{done.error()};
        if (request.rep)
            regs.set(Gpr::rcx, request.address_size, count - 1);
        if (count == 1)
            return true;
    }
    return false;
}

} // namespace vestige::cpu
