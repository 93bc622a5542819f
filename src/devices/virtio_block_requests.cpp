// SPDX-License-Identifier: BSD-2-Clause
// Requests of a virtio disk: Virtual I/O Device 1.0, "Block Device", "Device Operation".
#include "vestige/devices/virtio_block.hpp"

#include "vestige/base/format.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr u32 type_in = 0, type_out = 1, type_flush = 4, type_get_id = 8;
constexpr u8 status_ok = 0, status_io_error = 1, status_unsupported = 2;
constexpr u32 header_size = 16, sector_size = 512, id_size = 20;
/// One request moves no more, so that a queue of them keeps nobody waiting for long.
constexpr u64 most_bytes = 8 * mib;

u64 size_of(const VirtioChain::Segments& segments) {
    u64 size = 0;
    for (const VirtioSegment& segment : segments)
        size += segment.size;
    return size;
}

/// A way through the bytes of segments, piece of RAM by piece of RAM.
class Cursor {
  public:
    Cursor(DmaMemory& memory, const VirtioChain::Segments& segments)
        : memory_{memory}, segments_{segments} {}

    void skip(u64 size) {
        while (size != 0 && settle()) {
            const u64 step = std::min<u64>(size, segments_[index_].size - offset_);
            offset_ += step;
            size -= step;
        }
    }
    /// The next piece, at most size bytes, and moves past it; empty: no RAM, or the end.
    std::span<std::byte> next(u64 size) {
        if (!settle())
            return {};
        const VirtioSegment& segment = segments_[index_];
        const auto piece = memory_.piece(Gpa{segment.address + offset_},
                                         std::min<u64>(size, segment.size - offset_));
        offset_ += piece.size();
        return piece;
    }
    void back(u64 size) { offset_ -= size; }
    /// False: part of it is no RAM.
    bool copy_out(std::span<std::byte> out) {
        while (!out.empty()) {
            const auto piece = next(out.size());
            if (piece.empty())
                return false;
            std::copy(piece.begin(), piece.end(), out.begin());
            out = out.subspan(piece.size());
        }
        return true;
    }
    bool copy_in(std::span<const std::byte> data) {
        while (!data.empty()) {
            const auto piece = next(data.size());
            if (piece.empty())
                return false;
            std::copy_n(data.begin(), piece.size(), piece.begin());
            data = data.subspan(piece.size());
        }
        return true;
    }

  private:
    /// Past segments that are used up; false at the end.
    bool settle() {
        while (index_ < segments_.size() && offset_ == segments_[index_].size) {
            ++index_;
            offset_ = 0;
        }
        return index_ < segments_.size();
    }

    DmaMemory& memory_;
    const VirtioChain::Segments& segments_;
    std::size_t index_ = 0;
    u64 offset_ = 0;
};

} // namespace

/// Runs one request; the bytes written, of which the last one is the status.
u32 VirtioBlock::run(const VirtioChain& chain) {
    const u64 writable = size_of(chain.writable);
    if (writable == 0) {
        memory_.refuse("request without a status byte", chain.head);
        return 0;
    }
    const u32 room = static_cast<u32>(std::min(writable - 1, most_bytes + 1));
    u32 written = 0;
    const std::byte status{run_request(chain, room, written)};
    Cursor cursor{memory_, chain.writable};
    cursor.skip(writable - 1);
    return cursor.copy_in(std::span{&status, 1}) ? written + 1 : written;
}

u8 VirtioBlock::run_request(const VirtioChain& chain, u32 room, u32& written) {
    std::array<std::byte, header_size> header{};
    const u64 readable = size_of(chain.readable);
    if (readable < header_size || readable - header_size > most_bytes ||
        !Cursor{memory_, chain.readable}.copy_out(header))
        return status_io_error;
    const u64 sector = load_le<u64>(header, 8);
    switch (load_le<u32>(header, 0)) {
    case type_in: {
        const u8 status = transfer(chain, false, sector, room);
        written = status == status_ok ? room : 0;
        return status;
    }
    case type_out:
        return transfer(chain, true, sector, static_cast<u32>(readable - header_size));
    case type_flush:
        return status_ok;
    case type_get_id:
        return give_identity(chain, room, written);
    default:
        return status_unsupported;
    }
}

u8 VirtioBlock::transfer(const VirtioChain& chain, bool write, u64 sector, u32 size) {
    const u64 total = medium_->sector_count();
    if (size % sector_size != 0 || size > most_bytes || sector > total ||
        size / sector_size > total - sector)
        return status_io_error;
    Cursor cursor{memory_, write ? chain.readable : chain.writable};
    if (write)
        cursor.skip(header_size);
    std::array<std::byte, sector_size> bounce{};
    while (size != 0) {
        std::span<std::byte> piece = cursor.next(size);
        const std::size_t whole = piece.size() / sector_size * sector_size;
        cursor.back(piece.size() - whole);
        piece = piece.first(whole);
        const bool split = whole == 0; // a sector whose bytes are in several places
        if (split)
            piece = bounce;
        if (split && write && !cursor.copy_out(bounce))
            return status_io_error;
        const auto done = write ? medium_->write(Lba{sector}, piece)
                                : medium_->read(Lba{sector}, piece);
        if (!done || (split && !write && !cursor.copy_in(bounce)))
            return status_io_error;
        sector += piece.size() / sector_size;
        size -= static_cast<u32>(piece.size());
    }
    return status_ok;
}

u8 VirtioBlock::give_identity(const VirtioChain& chain, u32 room, u32& written) {
    std::array<char, id_size> text{};
    static_cast<void>(format_in(text, "VGVD{04}", number_));
    const auto data = std::as_bytes(std::span{text}).first(std::min(room, id_size));
    if (!Cursor{memory_, chain.writable}.copy_in(data))
        return status_io_error;
    written = static_cast<u32>(data.size());
    return status_ok;
}

} // namespace vestige::devices
