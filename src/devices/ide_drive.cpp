// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/devices/ide_drive.hpp"

#include <algorithm>

namespace vestige::devices {
namespace {

constexpr u8 idle = ide_status::ready | ide_status::seek_complete;
constexpr u8 diagnostic_passed = 0x01;

} // namespace

void IdeDrive::end_phase() {
    phase_ = Phase::none;
    used_ = block_end_ = filled_ = 0;
    left_ = 0;
}

void IdeDrive::diagnose(bool interrupt) {
    end_phase();
    status_ = is_packet_device() ? u8{0} : idle;
    error_ = diagnostic_passed;
    task.device = 0;
    interrupt_ = interrupt;
    sign();
}

void IdeDrive::soft_reset() { diagnose(false); }

void IdeDrive::execute(u8 command) {
    end_phase();
    status_ = idle;
    error_ = 0;
    interrupt_ = false;
    run(command);
}

void IdeDrive::finish() {
    end_phase();
    status_ = idle;
    error_ = 0;
    raise();
}

void IdeDrive::fail(u8 error) {
    end_phase();
    status_ = idle | ide_status::error;
    error_ = error;
    raise();
}

void IdeDrive::offer(std::size_t size) {
    phase_ = Phase::pio_in;
    block_end_ = used_ + size;
    status_ = idle | ide_status::request;
    raise();
}

void IdeDrive::expect(std::size_t size) {
    phase_ = Phase::pio_out;
    used_ = filled_ = 0;
    block_end_ = size;
    status_ = idle | ide_status::request;
}

void IdeDrive::start_dma(Phase direction) {
    phase_ = direction;
    status_ = idle | ide_status::request;
}

bool IdeDrive::load(u32 count) {
    const std::size_t size = std::size_t{count} * sector_size();
    used_ = filled_ = 0;
    const auto done = medium_->read(next_, std::span{buffer_}.first(size));
    if (!done) {
        medium_failed(done.error());
        return false;
    }
    filled_ = size;
    next_.value += count;
    left_ -= count;
    return true;
}

bool IdeDrive::store() {
    const u32 count = static_cast<u32>(filled_ / sector_size());
    const auto done = medium_->write(next_, std::span<const std::byte>{buffer_}.first(filled_));
    if (!done) {
        medium_failed(done.error());
        return false;
    }
    used_ = filled_ = 0;
    next_.value += count;
    left_ -= count;
    return true;
}

void IdeDrive::read_data(std::span<std::byte> out) {
    while (!out.empty() && phase_ == Phase::pio_in) {
        const std::size_t size = std::min(out.size(), block_end_ - used_);
        std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(used_), size, out.begin());
        out = out.subspan(size);
        used_ += size;
        if (used_ == block_end_)
            block_read();
    }
    std::fill(out.begin(), out.end(), std::byte{0xff});
}

void IdeDrive::write_data(std::span<const std::byte> data) {
    while (!data.empty() && phase_ == Phase::pio_out) {
        const std::size_t size = std::min(data.size(), block_end_ - used_);
        std::copy_n(data.begin(), size, buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
        data = data.subspan(size);
        used_ += size;
        if (used_ == block_end_) {
            filled_ = used_;
            block_written();
        }
    }
}

u64 IdeDrive::dma_left() const {
    if (phase_ == Phase::dma_in)
        return filled_ - used_ + u64{left_} * sector_size();
    return phase_ == Phase::dma_out ? u64{left_} * sector_size() - filled_ : 0;
}

bool IdeDrive::read_direct(std::span<std::byte>& out) {
    const u32 count = static_cast<u32>(std::min<u64>(out.size() / sector_size(), left_));
    const std::size_t size = std::size_t{count} * sector_size();
    const auto done = medium_->read(next_, out.first(size));
    if (!done) {
        medium_failed(done.error());
        return false;
    }
    next_.value += count;
    left_ -= count;
    out = out.subspan(size);
    return true;
}

bool IdeDrive::write_direct(std::span<const std::byte>& data) {
    const u32 count = static_cast<u32>(std::min<u64>(data.size() / sector_size(), left_));
    const std::size_t size = std::size_t{count} * sector_size();
    const auto done = medium_->write(next_, data.first(size));
    if (!done) {
        medium_failed(done.error());
        return false;
    }
    next_.value += count;
    left_ -= count;
    data = data.subspan(size);
    return true;
}

bool IdeDrive::dma_read(std::span<std::byte> out) {
    while (!out.empty() && dma_left() != 0) {
        if (used_ < filled_) {
            const std::size_t size = std::min(out.size(), filled_ - used_);
            std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(used_), size, out.begin());
            out = out.subspan(size);
            used_ += size;
        } else if (out.size() >= sector_size() ? !read_direct(out) : !load(1)) {
            return false;
        }
    }
    return true;
}

bool IdeDrive::dma_write(std::span<const std::byte> data) {
    while (!data.empty() && dma_left() != 0) {
        if (filled_ == 0 && data.size() >= sector_size()) {
            if (!write_direct(data))
                return false;
            continue;
        }
        const std::size_t size = std::min<std::size_t>(data.size(), sector_size() - filled_);
        std::copy_n(data.begin(), size, buffer_.begin() + static_cast<std::ptrdiff_t>(filled_));
        data = data.subspan(size);
        filled_ += size;
        if (filled_ == sector_size() && !store())
            return false;
    }
    return true;
}

void IdeDrive::dma_done() { dma_complete(); }

} // namespace vestige::devices
