// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/machine_facts.hpp"

#include <array>

namespace vestige::bios {
namespace {

/// The characters of a register, lowest byte first.
void append(std::span<char> text, std::size_t at, u32 value) {
    for (std::size_t i = 0; i < 4; ++i)
        text[at + i] = static_cast<char>(value >> (8 * i));
}

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\0'; };
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace

CpuFacts cpu_facts(const cpu::CpuidPolicy& cpuid) {
    const auto leaf = [&cpuid](u32 number) { return cpuid.read(number, 0, {}); };
    CpuFacts facts;
    facts.signature = leaf(1).eax;
    facts.features = leaf(1).edx;
    std::array<char, 48> text{};
    const cpu::CpuidResult vendor = leaf(0);
    append(text, 0, vendor.ebx);
    append(text, 4, vendor.edx);
    append(text, 8, vendor.ecx);
    facts.vendor.assign(trimmed({text.data(), 12}));
    for (u32 i = 0; i < 3; ++i) {
        const cpu::CpuidResult brand = leaf(0x80000002 + i);
        append(text, 16 * i, brand.eax);
        append(text, 16 * i + 4, brand.ebx);
        append(text, 16 * i + 8, brand.ecx);
        append(text, 16 * i + 12, brand.edx);
    }
    facts.brand.assign(trimmed({text.data(), text.size()}));
    return facts;
}

} // namespace vestige::bios
