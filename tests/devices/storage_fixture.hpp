// SPDX-License-Identifier: BSD-2-Clause
// Media in memory and a recorder of interrupt lines for the tests of storage devices.
#pragma once

#include "vestige/machine/backends.hpp"
#include "vestige/machine/clock.hpp"
#include "vestige/machine/interrupt_line.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace vestige::test {

/// A medium whose sectors start with their own number in every byte pair.
class FakeMedium final : public machine::BlockDevice {
  public:
    FakeMedium(u64 sectors, u32 sector_size) : bytes(sectors * sector_size), size_{sector_size} {
        for (std::size_t i = 0; i < bytes.size(); i += 2) {
            const std::size_t sector = i / size_;
            bytes[i] = static_cast<std::byte>(sector);
            bytes[i + 1] = static_cast<std::byte>(i % size_ / 2 + sector / 256);
        }
    }
    u32 sector_size() const override { return size_; }
    u64 sector_count() const override { return bytes.size() / size_; }
    bool read_only() const override { return locked; }
    Result<Unit, machine::BlockError> read(Lba first, std::span<std::byte> out) override {
        if (first.value * size_ + out.size() > bytes.size())
            return Error{machine::BlockError::out_of_range};
        if (first.value <= bad && bad < first.value + out.size() / size_)
            return Error{machine::BlockError::medium};
        std::copy_n(bytes.begin() + static_cast<long>(first.value * size_), out.size(),
                    out.begin());
        ++reads;
        return Unit{};
    }
    Result<Unit, machine::BlockError> write(Lba first, std::span<const std::byte> data) override {
        if (locked)
            return Error{machine::BlockError::write_protected};
        if (first.value * size_ + data.size() > bytes.size())
            return Error{machine::BlockError::out_of_range};
        if (first.value <= bad && bad < first.value + data.size() / size_)
            return Error{machine::BlockError::medium};
        std::copy(data.begin(), data.end(),
                  bytes.begin() + static_cast<long>(first.value * size_));
        return Unit{};
    }
    std::vector<std::byte> sector(u64 number) const {
        const auto at = bytes.begin() + static_cast<long>(number * size_);
        return {at, at + size_};
    }

    std::vector<std::byte> bytes;
    bool locked = false;
    u64 bad = ~u64{0}; ///< a sector that cannot be read or written
    unsigned reads = 0;

  private:
    u32 size_;
};

struct FakeInterrupts final : machine::InterruptController {
    void set_line(unsigned line, bool level) override {
        if (level && !levels.at(line))
            ++edges.at(line);
        levels.at(line) = level;
    }
    std::array<bool, 32> levels{};
    std::array<unsigned, 32> edges{};
};

struct FakeClock final : machine::Clock {
    machine::Nanoseconds now() const override { return time; }
    machine::Nanoseconds time = 0;
};

} // namespace vestige::test
