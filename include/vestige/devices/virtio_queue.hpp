// SPDX-License-Identifier: BSD-2-Clause
// A split virtqueue as its device sees it (Virtual I/O Device 1.0, "Virtqueues"). Rings and
// descriptors lie in guest memory and may say anything.
#pragma once

#include "vestige/base/static_vector.hpp"
#include "vestige/devices/dma_memory.hpp"

#include <optional>

namespace vestige::devices {

/// Where the three parts of a queue are.
struct VirtioRings {
    u64 descriptors = 0;
    u64 available = 0; ///< driver area
    u64 used = 0;      ///< device area
};

/// A piece of guest memory that a descriptor names.
struct VirtioSegment {
    u64 address = 0;
    u32 size = 0;
};

/// A chain of descriptors: first what the device reads, then what it writes.
struct VirtioChain {
    static constexpr std::size_t most_segments = 130;
    using Segments = StaticVector<VirtioSegment, most_segments>;

    u16 head = 0;
    Segments readable;
    Segments writable;
};

class VirtioQueue {
  public:
    static constexpr u16 largest = 128;

    /// indirect: descriptors may name tables of descriptors.
    void start(const VirtioRings& rings, u16 size, bool indirect);
    void stop() { running_ = false; }
    [[nodiscard]] bool running() const { return running_; }

    /// Takes the next chain that the driver made available. False: there is none, or the rings
    /// cannot be used, which stops the queue.
    [[nodiscard]] bool pop(DmaMemory& memory, VirtioChain& chain);
    /// Gives a chain back, written bytes of it written.
    void push(DmaMemory& memory, const VirtioChain& chain, u32 written);
    /// Whether the driver wants an interrupt for what was given back.
    [[nodiscard]] bool wants_interrupt(DmaMemory& memory) const;

  private:
    struct Descriptor {
        u64 address = 0;
        u32 size = 0;
        u16 flags = 0;
        u16 next = 0;
    };
    [[nodiscard]] bool read(DmaMemory& memory, u64 table, u16 index, Descriptor& out) const;
    [[nodiscard]] bool walk(DmaMemory& memory, VirtioChain& chain);
    [[nodiscard]] bool follow(DmaMemory& memory, const Descriptor& first, u64 table, u32 count,
                              VirtioChain& chain);
    bool refuse(DmaMemory& memory, std::string_view what, u64 where);

    VirtioRings rings_;
    u16 size_ = 0;
    u16 next_available_ = 0;
    u16 next_used_ = 0;
    bool indirect_ = false;
    bool running_ = false;
};

} // namespace vestige::devices
