// SPDX-License-Identifier: BSD-2-Clause
// Feature bits are named in SDM 2A, "CPUID - CPU Identification".
#include "vestige/cpu/cpuid_policy.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace vestige::cpu {
namespace {

constexpr u32 hypervisor_leaf = 0x40000000;
constexpr u32 first_extended = 0x80000000;
constexpr u32 most_basic = 0xd;
constexpr u32 most_extended = 0x80000008;
constexpr u32 tsc_leaf = 0x15, frequency_leaf = 0x16;
constexpr u32 all = ~u32{0};

constexpr u32 flags(std::initializer_list<unsigned> numbers) {
    u32 mask = 0;
    for (const unsigned each : numbers)
        mask |= u32{1} << each;
    return mask;
}

/// Bits of one leaf that a guest may see as the host has them. No row: all zero.
struct Row {
    u32 leaf;
    CpuidResult mask;
};

// Leaf 1 ECX: SSE3, PCLMULQDQ, SSSE3, FMA, CMPXCHG16B, PCID, SSE4.1, SSE4.2, MOVBE, POPCNT, AES,
// XSAVE, AVX, F16C. EDX: FPU, VME, DE, PSE, TSC, MSR, PAE, MCE, CX8, SEP, MTRR, PGE, MCA, CMOV,
// PAT, PSE-36, CLFSH, MMX, FXSR, SSE, SSE2, SS.
constexpr u32 leaf_1_ecx = flags({0, 1, 9, 12, 13, 17, 19, 20, 22, 23, 25, 26, 28, 29});
constexpr u32 leaf_1_edx =
    flags({0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 19, 23, 24, 25, 26, 27});
// Leaf 7 EBX: FSGSBASE, BMI1, AVX2, x87 data pointer, SMEP, BMI2, ERMS, x87 CS/DS, AVX512F,
// AVX512DQ, ADX, SMAP, AVX512_IFMA, CLFLUSHOPT, CLWB, AVX512CD, SHA, AVX512BW, AVX512VL.
constexpr u32 leaf_7_ebx =
    flags({0, 3, 5, 6, 7, 8, 9, 13, 16, 17, 19, 20, 21, 23, 24, 28, 29, 30, 31});
// ECX: AVX512_VBMI, UMIP, AVX512_VBMI2, GFNI, VAES, VPCLMULQDQ, AVX512_VNNI, AVX512_BITALG,
// AVX512_VPOPCNTDQ.
constexpr u32 leaf_7_ecx = flags({1, 2, 6, 8, 9, 10, 11, 12, 14});
// EDX: fast short REP MOV, AVX512_VP2INTERSECT, MD_CLEAR, SERIALIZE.
constexpr u32 leaf_7_edx = flags({4, 8, 10, 14});
// Leaf 80000001h ECX: LAHF in 64-bit mode, LZCNT, PREFETCHW. EDX: SYSCALL, NX, 1 GiB pages, LM.
constexpr u32 leaf_80000001_ecx = flags({0, 5, 8});
constexpr u32 leaf_80000001_edx = flags({11, 20, 26, 29});

constexpr std::array rows = {
    Row{0x0, {all, all, all, all}},
    Row{0x1, {all, 0x0000ffff, leaf_1_ecx, leaf_1_edx}},
    Row{0x2, {all, all, all, all}},
    Row{0x4, {0x00003fff, all, all, all}}, // one core, one thread for each cache
    Row{0x7, {0, leaf_7_ebx, leaf_7_ecx, leaf_7_edx}},
    Row{0x80000000, {all, all, all, all}},
    Row{0x80000001, {all, 0, leaf_80000001_ecx, leaf_80000001_edx}},
    Row{0x80000002, {all, all, all, all}},
    Row{0x80000003, {all, all, all, all}},
    Row{0x80000004, {all, all, all, all}},
    Row{0x80000006, {0, 0, all, 0}},
    Row{0x80000007, {0, 0, 0, flags({8})}}, // invariant TSC
    Row{0x80000008, {0x0000ffff, 0, 0, 0}},
};

namespace leaf_1 {
constexpr u32 movbe = flags({22});
constexpr u32 apic = flags({9});
constexpr u32 x2apic_and_tsc_deadline = flags({21, 24}); // of our own local APIC
constexpr u32 xsave = flags({26});
constexpr u32 osxsave = flags({27});
constexpr u32 rdrand = flags({30});
constexpr u32 hypervisor = flags({31});
constexpr u32 one_logical_processor = 0x00010000;
} // namespace leaf_1
constexpr u32 apic_timer_always_runs = flags({2}); // leaf 6 EAX
namespace leaf_7 {
constexpr u32 tsc_adjust = flags({1});
constexpr u32 invpcid = flags({10});
constexpr u32 rdseed = flags({18});
constexpr u32 rdpid = flags({22});
} // namespace leaf_7
namespace extended_1 {
constexpr u32 syscall = flags({11});
constexpr u32 no_execute = flags({20});
constexpr u32 huge_pages = flags({26});
constexpr u32 rdtscp = flags({27});
constexpr u32 long_mode = flags({29});
} // namespace extended_1

/// x87, SSE, AVX and the three of AVX-512. SDM 1, "XSAVE-Supported Features and State-Component
/// Bitmaps".
constexpr u64 xcr0_offered = 0xe7;
constexpr u32 legacy_xsave_size = 576;

constexpr u32 pack(char a, char b, char c, char d) {
    return static_cast<u32>(static_cast<u8>(a)) | static_cast<u32>(static_cast<u8>(b)) << 8 |
           static_cast<u32>(static_cast<u8>(c)) << 16 | static_cast<u32>(static_cast<u8>(d)) << 24;
}

/// Leaf Bh for a package of one thread. SDM 2A, "CPUID - CPU Identification".
CpuidResult topology(u32 subleaf) {
    constexpr u32 thread_level = 0x100;
    constexpr u32 core_level = 0x200;
    if (subleaf == 0)
        return {0, 1, thread_level, 0};
    if (subleaf == 1)
        return {0, 1, core_level | 1, 0};
    return {0, 0, subleaf & 0xff, 0};
}

/// Leaf 15h: the fraction (EBX / EAX) that is nearest to tsc / crystal, as a continued fraction has
/// it, of those that kernels can multiply by the crystal's kHz in 32 bits.
CpuidResult tsc_ratio(u64 tsc_hertz, u32 crystal_hertz) {
    const u64 most = ~u32{0} / (crystal_hertz / 1000);
    struct Fraction {
        u64 numerator;
        u64 denominator;
    };
    Fraction before{0, 1}, last{1, 0};
    u64 dividend = tsc_hertz, divisor = crystal_hertz;
    while (divisor != 0) {
        const u64 quotient = dividend / divisor;
        const Fraction next{quotient * last.numerator + before.numerator,
                            quotient * last.denominator + before.denominator};
        if (next.numerator > most || next.denominator > most)
            break;
        before = last;
        last = next;
        dividend = std::exchange(divisor, dividend % divisor);
    }
    return {static_cast<u32>(last.denominator), static_cast<u32>(last.numerator), crystal_hertz, 0};
}

/// Leaf 16h: base and highest frequency of the CPU and that of its reference clock.
CpuidResult frequencies(u64 tsc_hertz, u32 crystal_hertz) {
    constexpr u32 megahertz = 1'000'000;
    const u32 base = static_cast<u32>((tsc_hertz + megahertz / 2) / megahertz);
    return {base, base, crystal_hertz / megahertz, 0};
}

} // namespace

CpuidPolicy::CpuidPolicy(const CpuidSource& host, CpuidOptions options)
    : host_{host}, options_{options}, last_basic_{std::min(host.cpuid(0, 0).eax, most_basic)} {
    const u32 last = host.cpuid(first_extended, 0).eax;
    last_extended_ = last >= first_extended ? std::min(last, most_extended) : 0;
}

u32 CpuidPolicy::last_basic() const {
    return options_.tsc_hertz == 0 ? last_basic_ : std::max(last_basic_, frequency_leaf);
}

CpuidResult CpuidPolicy::allowed(u32 leaf, u32 subleaf) const {
    const u32 last = leaf >= first_extended ? last_extended_ : last_basic_;
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [leaf](const Row& each) { return each.leaf == leaf; });
    if (leaf > last || row == rows.end() || (leaf == 7 && subleaf != 0))
        return {};
    const CpuidResult has = host_.cpuid(leaf, subleaf);
    CpuidResult mask = row->mask;
    if (leaf == 1 && options_.random_numbers)
        mask.ecx |= leaf_1::rdrand;
    if (leaf == 7) {
        mask.ebx |= (options_.random_numbers ? leaf_7::rdseed : 0) |
                    (options_.invpcid ? leaf_7::invpcid : 0);
        mask.ecx |= options_.rdtscp ? leaf_7::rdpid : 0;
    }
    if (leaf == 0x80000001 && options_.rdtscp)
        mask.edx |= extended_1::rdtscp;
    return {has.eax & mask.eax, has.ebx & mask.ebx, has.ecx & mask.ecx, has.edx & mask.edx};
}

CpuidResult CpuidPolicy::read(u32 leaf, u32 subleaf, const CpuidContext& context) const {
    if (leaf == hypervisor_leaf)
        return {hypervisor_leaf, pack('V', 'e', 's', 't'), pack('i', 'g', 'e', 'V'),
                pack('M', 'M', ' ', ' ')};
    if (leaf == 0xb && leaf <= last_basic_)
        return topology(subleaf);
    if (leaf == 0xd && leaf <= last_basic_)
        return xsave(subleaf, context.xcr0);
    if (leaf == tsc_leaf && options_.tsc_hertz != 0)
        return tsc_ratio(options_.tsc_hertz, options_.crystal_hertz);
    if (leaf == frequency_leaf && options_.tsc_hertz != 0)
        return frequencies(options_.tsc_hertz, options_.crystal_hertz);
    CpuidResult result = allowed(leaf, subleaf);
    switch (leaf) {
    case 0:
        result.eax = last_basic();
        break;
    case 1:
        result.ebx |= leaf_1::one_logical_processor;
        result.ecx |= leaf_1::hypervisor | leaf_1::x2apic_and_tsc_deadline;
        if (context.apic)
            result.edx |= leaf_1::apic;
        if ((result.ecx & leaf_1::xsave) != 0 && (context.cr4 & cr4::osxsave) != 0)
            result.ecx |= leaf_1::osxsave;
        break;
    case 6:
        if (leaf <= last_basic_)
            result.eax = apic_timer_always_runs;
        break;
    case 7:
        if (leaf <= last_basic_ && subleaf == 0)
            result.ebx |= leaf_7::tsc_adjust;
        break;
    case first_extended:
        result.eax = last_extended_;
        break;
    case 0x80000008:
        // No 5-level paging, so no more than 48 linear address bits.
        if ((result.eax >> 8) > 48)
            result.eax = (result.eax & 0xff) | 48U << 8;
        break;
    default:
        break;
    }
    return result;
}

u64 CpuidPolicy::xcr0_allowed() const {
    if (last_basic_ < 0xd || (allowed(1, 0).ecx & leaf_1::xsave) == 0)
        return 0;
    return host_.cpuid(0xd, 0).eax & xcr0_offered;
}

u32 CpuidPolicy::xsave_size(u64 features, bool compacted) const {
    u32 end = legacy_xsave_size;
    for (u32 i = 2; i < 8; ++i) {
        if ((features & bit(i)) == 0)
            continue;
        const CpuidResult component = host_.cpuid(0xd, i);
        constexpr u32 aligned = 2;
        const u32 next = (component.ecx & aligned) != 0 ? (end + 63) & ~u32{63} : end;
        end = compacted ? next + component.eax : std::max(end, component.ebx + component.eax);
    }
    return end;
}

CpuidResult CpuidPolicy::xsave(u32 subleaf, u64 xcr0) const {
    constexpr u32 xsaveopt_xsavec_xgetbv1 = 7;
    constexpr u32 xsavec = 2;
    const u64 offered = xcr0_allowed();
    if (offered == 0)
        return {};
    if (subleaf == 0)
        return {static_cast<u32>(offered), xsave_size(xcr0 & offered, false),
                xsave_size(offered, false), 0};
    if (subleaf == 1) {
        const u32 has = host_.cpuid(0xd, 1).eax & xsaveopt_xsavec_xgetbv1;
        return {has, (has & xsavec) != 0 ? xsave_size(xcr0 & offered, true) : 0, 0, 0};
    }
    if (subleaf > 63 || (offered & bit(subleaf)) == 0)
        return {};
    const CpuidResult component = host_.cpuid(0xd, subleaf);
    return {component.eax, component.ebx, component.ecx & 2, 0};
}

ControlFeatures CpuidPolicy::control_features() const {
    struct Grant {
        u32 word;
        unsigned feature;
        u64 bits;
    };
    const CpuidResult one = allowed(1, 0);
    const CpuidResult seven = allowed(7, 0);
    const CpuidResult extended = allowed(0x80000001, 0);
    const Grant grants[] = {
        {one.edx, 1, cr4::vme | cr4::pvi},
        {one.edx, 2, cr4::de},
        {one.edx, 3, cr4::pse},
        {one.edx, 4, cr4::tsd},
        {one.edx, 6, cr4::pae},
        {one.edx, 7, cr4::mce},
        {one.edx, 13, cr4::pge},
        {one.edx, 24, cr4::osfxsr},
        {one.edx, 25, cr4::osxmmexcpt},
        {one.ecx, 17, cr4::pcide},
        {one.ecx, 26, cr4::osxsave},
        {seven.ebx, 0, cr4::fsgsbase},
        {seven.ebx, 7, cr4::smep},
        {seven.ebx, 20, cr4::smap},
        {seven.ecx, 2, cr4::umip},
    };
    ControlFeatures result;
    result.cr4 = cr4::pce;
    for (const Grant& each : grants)
        if ((each.word & (u32{1} << each.feature)) != 0)
            result.cr4 |= each.bits;
    result.efer = ((extended.edx & extended_1::syscall) != 0 ? efer::sce : 0) |
                  ((extended.edx & extended_1::long_mode) != 0 ? efer::lme | efer::lma : 0) |
                  ((extended.edx & extended_1::no_execute) != 0 ? efer::nxe : 0);
    result.xcr0 = xcr0_allowed();
    const u32 widths = allowed(0x80000008, 0).eax;
    result.physical_bits = widths == 0 ? u8{36} : static_cast<u8>(widths & 0xff);
    return result;
}

bool CpuidPolicy::movbe() const {
    return (allowed(1, 0).ecx & leaf_1::movbe) != 0;
}

bool CpuidPolicy::huge_pages() const {
    return (allowed(0x80000001, 0).edx & extended_1::huge_pages) != 0;
}

bool CpuidPolicy::tsc_aux() const {
    return (allowed(0x80000001, 0).edx & extended_1::rdtscp) != 0;
}

u32 CpuidPolicy::signature() const {
    return allowed(1, 0).eax;
}

} // namespace vestige::cpu
