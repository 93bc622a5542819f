// SPDX-License-Identifier: BSD-2-Clause
// The emulator against the CPU that runs the test: the same bytes, registers, flags and memory.
#include "vestige/cpu/emulator.hpp"

#include "guest_fixture.hpp"
#include "memory_bus_fake.hpp"

#include <array>
#include <cstring>
#include <random>
#include <string>
#include <sys/mman.h>

namespace vestige::cpu {
namespace {

constexpr std::size_t area_size = 512;
constexpr u64 area_middle = 256;
constexpr u64 guest_area = 0x5100;
constexpr u64 user_flags = 0x8d5 | rflags::df;

/// rbx, rsi and rdi are offsets from the middle of the memory area.
struct State {
    u64 rax = 0, rbx = 0, rcx = 0, rdx = 0, rsi = 0, rdi = 0, flags = 2;
    std::array<u8, area_size> area{};
    bool operator==(const State&) const = default;
};

struct NativeContext {
    u64 rax, rbx, rcx, rdx, rsi, rdi, flags;
    void* code;
};

class Native {
  public:
    Native()
        : page_{mmap(nullptr, page_size, PROT_READ | PROT_WRITE | PROT_EXEC,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)} {}
    ~Native() { munmap(page_, page_size); }
    Native(const Native&) = delete;
    Native& operator=(const Native&) = delete;
    [[nodiscard]] bool available() const { return page_ != MAP_FAILED; }

    State run(const std::vector<u8>& code, const State& before) {
        std::memcpy(page_, code.data(), code.size());
        static_cast<u8*>(page_)[code.size()] = 0xc3;
        State after = before;
        const u64 base = reinterpret_cast<u64>(after.area.data()) + area_middle;
        NativeContext context{before.rax,        before.rbx + base, before.rcx,   before.rdx,
                              before.rsi + base, before.rdi + base, before.flags, page_};
        call(context);
        after.rax = context.rax;
        after.rbx = context.rbx - base;
        after.rcx = context.rcx;
        after.rdx = context.rdx;
        after.rsi = context.rsi - base;
        after.rdi = context.rdi - base;
        after.flags = (context.flags & user_flags) | 2;
        return after;
    }

  private:
    static void call(NativeContext& given) {
        register NativeContext* context asm("r12") = &given;
        asm volatile("lea -128(%%rsp), %%rsp\n\t"
                     "pushq 48(%%r12)\n\t"
                     "mov 0(%%r12), %%rax\n\t"
                     "mov 8(%%r12), %%rbx\n\t"
                     "mov 16(%%r12), %%rcx\n\t"
                     "mov 24(%%r12), %%rdx\n\t"
                     "mov 32(%%r12), %%rsi\n\t"
                     "mov 40(%%r12), %%rdi\n\t"
                     "popfq\n\t"
                     "call *56(%%r12)\n\t"
                     "pushfq\n\t"
                     "cld\n\t"
                     "popq 48(%%r12)\n\t"
                     "mov %%rax, 0(%%r12)\n\t"
                     "mov %%rbx, 8(%%r12)\n\t"
                     "mov %%rcx, 16(%%r12)\n\t"
                     "mov %%rdx, 24(%%r12)\n\t"
                     "mov %%rsi, 32(%%r12)\n\t"
                     "mov %%rdi, 40(%%r12)\n\t"
                     "lea 128(%%rsp), %%rsp"
                     : "+r"(context)
                     :
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "cc", "memory");
    }
    void* page_;
};

class EmulatorNativeTest : public test::GuestFixture {
  protected:
    void SetUp() override {
        ASSERT_TRUE(native.available());
        enter_long();
    }

    State emulate(const std::vector<u8>& code, const State& before) {
        State after = before;
        cpu.regs.rip = 0x8000;
        memory.write(Gpa{0x8000}, std::as_bytes(std::span{code}));
        memory.write(Gpa{guest_area - area_middle}, std::as_bytes(std::span{before.area}));
        cpu.regs.set(Gpr::rax, before.rax);
        cpu.regs.set(Gpr::rbx, before.rbx + guest_area);
        cpu.regs.set(Gpr::rcx, before.rcx);
        cpu.regs.set(Gpr::rdx, before.rdx);
        cpu.regs.set(Gpr::rsi, before.rsi + guest_area);
        cpu.regs.set(Gpr::rdi, before.rdi + guest_area);
        cpu.regs.rflags = before.flags;
        const Emulation result = emulate_instruction(access, bus, cache, {.movbe = true});
        const auto* done = std::get_if<Emulated>(&result);
        EXPECT_TRUE(done != nullptr && done->finished);
        EXPECT_EQ(cpu.regs.rip, 0x8000 + code.size());
        memory.read(Gpa{guest_area - area_middle}, std::as_writable_bytes(std::span{after.area}));
        after.rax = cpu.regs.get(Gpr::rax);
        after.rbx = cpu.regs.get(Gpr::rbx) - guest_area;
        after.rcx = cpu.regs.get(Gpr::rcx);
        after.rdx = cpu.regs.get(Gpr::rdx);
        after.rsi = cpu.regs.get(Gpr::rsi) - guest_area;
        after.rdi = cpu.regs.get(Gpr::rdi) - guest_area;
        after.flags = cpu.regs.rflags;
        return after;
    }

    State random_state() {
        // Numbers near the ends of their ranges are where flags differ.
        const auto number = [this]() -> u64 {
            constexpr u64 edges[] = {0,          1,       0x7f,    0x80,       0xff,
                                     0x7fff,     0x8000,  0xffff,  0x7fffffff, 0x80000000,
                                     0xffffffff, ~u64{0}, bit(63), bit(63) - 1};
            return random() % 2 != 0 ? random() : edges[random() % std::size(edges)];
        };
        State state{number(), 0, number(), number(), 0, 0, 2 | (random() & user_flags), {}};
        for (std::size_t i = 0; i < area_size; i += 8) {
            const u64 value = number();
            std::memcpy(&state.area[i], &value, 8);
        }
        return state;
    }
    void compare(const std::vector<u8>& code, const State& before, u64 undefined_flags = 0) {
        State expected = native.run(code, before);
        State actual = emulate(code, before);
        expected.flags &= ~undefined_flags;
        actual.flags &= ~undefined_flags;
        std::string text;
        for (const u8 each : code)
            text += std::to_string(each) + " ";
        EXPECT_EQ(actual.flags, expected.flags) << text;
        EXPECT_EQ(actual.rax, expected.rax) << text;
        EXPECT_EQ(actual.rcx, expected.rcx) << text;
        EXPECT_TRUE(actual == expected) << text;
    }
    /// The code with the prefixes for an operand of 1, 2, 4 or 8 bytes; byte forms have opcode - 1.
    static std::vector<u8> sized(unsigned width, std::vector<u8> code, std::size_t opcode = 0) {
        if (width == 1)
            --code[opcode];
        if (width == 2)
            code.insert(code.begin(), 0x66);
        if (width == 8)
            code.insert(code.begin(), 0x48);
        return code;
    }

    Native native;
    std::mt19937_64 random{20261121};
    test::FakeBus bus{memory};
    DecodeCache cache;
};

constexpr unsigned widths[] = {1, 2, 4, 8};
constexpr int rounds = 60;

TEST_F(EmulatorNativeTest, BinaryOperations) {
    // ADD, OR, ADC, SBB, AND, SUB, XOR, CMP: [rbx],ecx; ecx,[rbx]; then TEST.
    for (const unsigned width : widths)
        for (int round = 0; round < rounds; ++round) {
            for (u8 base = 0; base < 0x40; base += 8) {
                const bool logic = base == 0x08 || base == 0x20 || base == 0x30;
                const u64 undefined = logic ? rflags::af : 0;
                compare(sized(width, {static_cast<u8>(base + 1), 0x0b}), random_state(), undefined);
                compare(sized(width, {static_cast<u8>(base + 3), 0x0b}), random_state(), undefined);
            }
            compare(sized(width, {0x85, 0x0b}), random_state(), rflags::af);
        }
}

TEST_F(EmulatorNativeTest, BinaryOperationsWithImmediates) {
    for (int round = 0; round < rounds; ++round)
        for (u8 operation = 0; operation < 8; ++operation) {
            const u8 modrm = static_cast<u8>(operation << 3 | 3);
            const bool logic = operation == 1 || operation == 4 || operation == 6;
            const u64 undefined = logic ? rflags::af : 0;
            const u8 imm = static_cast<u8>(random());
            compare({0x80, modrm, imm}, random_state(), undefined);
            for (const unsigned width : {2U, 4U, 8U})
                compare(sized(width, {0x83, modrm, imm}), random_state(), undefined);
            compare({0x81, modrm, imm, 1, 2, 0x83}, random_state(), undefined);
            compare({0x48, 0x81, modrm, imm, 1, 2, 0x83}, random_state(), undefined);
            compare({0x66, 0x81, modrm, imm, 0x91}, random_state(), undefined);
            compare({0xf6, 0x03, imm}, random_state(), rflags::af);
        }
}

TEST_F(EmulatorNativeTest, UnaryOperations) {
    for (const unsigned width : widths)
        for (int round = 0; round < rounds; ++round) {
            compare(sized(width, {0xff, 0x03}), random_state()); // INC
            compare(sized(width, {0xff, 0x0b}), random_state()); // DEC
            compare(sized(width, {0xf7, 0x13}), random_state()); // NOT
            compare(sized(width, {0xf7, 0x1b}), random_state()); // NEG
        }
}

TEST_F(EmulatorNativeTest, Exchanges) {
    for (const unsigned width : widths)
        for (int round = 0; round < rounds; ++round) {
            compare(sized(width, {0x87, 0x0b}), random_state());
            compare(sized(width, {0x0f, 0xc1, 0x0b}, 1), random_state());
            compare(sized(width, {0x0f, 0xb1, 0x0b}, 1), random_state());
            State equal = random_state();
            std::memcpy(&equal.rax, &equal.area[area_middle], 8);
            compare(sized(width, {0x0f, 0xb1, 0x0b}, 1), equal);
            compare(sized(width, {0x0f, 0xb1, 0x03}, 1), equal);
        }
}

TEST_F(EmulatorNativeTest, Moves) {
    for (int round = 0; round < rounds; ++round) {
        for (const unsigned width : widths) {
            compare(sized(width, {0x89, 0x0b}), random_state());
            compare(sized(width, {0x8b, 0x0b}), random_state());
        }
        compare({0x88, 0x2b}, random_state()); // MOV [rbx],CH
        compare({0x8a, 0x33}, random_state()); // MOV DH,[rbx]
        compare({0xc6, 0x03, 0x85}, random_state());
        compare({0xc7, 0x03, 1, 2, 3, 0x84}, random_state());
        compare({0x66, 0xc7, 0x03, 1, 0x82}, random_state());
        compare({0x48, 0xc7, 0x03, 1, 2, 3, 0x84}, random_state());
        for (const u8 opcode : {0xb6, 0xb7, 0xbe, 0xbf}) {
            compare({0x66, 0x0f, opcode, 0x0b}, random_state());
            compare({0x0f, opcode, 0x0b}, random_state());
            compare({0x48, 0x0f, opcode, 0x0b}, random_state());
        }
        compare({0x48, 0x63, 0x0b}, random_state()); // MOVSXD
        compare({0x48, 0x8b, 0x4c, 0x13, 0xf8},      // MOV RCX,[RBX+RDX-8]
                [this] {
                    State state = random_state();
                    state.rdx = random() % 64;
                    return state;
                }());
        compare({0x8b, 0x4c, 0x53, 0x10}, [this] { // MOV ECX,[RBX+RDX*2+16]
            State state = random_state();
            state.rdx = random() % 64;
            return state;
        }());
    }
}

TEST_F(EmulatorNativeTest, BitTests) {
    constexpr u64 undefined = rflags::of | rflags::sf | rflags::af | rflags::pf;
    for (int round = 0; round < rounds; ++round)
        for (const unsigned width : {2U, 4U, 8U})
            for (const u8 opcode : {0xa3, 0xab, 0xb3, 0xbb}) {
                State state = random_state();
                state.rcx = random() % 2000 - 1000;
                compare(sized(width, {0x0f, opcode, 0x0b}), state, undefined);
                const u8 modrm = static_cast<u8>((opcode >> 3 & 3) << 3 | 0x23);
                compare(sized(width, {0x0f, 0xba, modrm, static_cast<u8>(random())}),
                        random_state(), undefined);
            }
}

TEST_F(EmulatorNativeTest, StringInstructions) {
    constexpr u8 opcodes[] = {0xa5, 0xa7, 0xab, 0xad, 0xaf};
    for (int round = 0; round < rounds; ++round)
        for (const u8 opcode : opcodes)
            for (const unsigned width : widths)
                for (const u8 prefix : {0, 0xf2, 0xf3}) {
                    State state = random_state();
                    state.rcx = random() % 9;
                    state.rsi = random() % 128 - 64;
                    state.rdi = random() % 128 - 64;
                    if (round % 2 != 0)
                        state.area.fill(static_cast<u8>(state.rax));
                    std::vector<u8> code = sized(width, {opcode});
                    if (prefix != 0)
                        code.insert(code.begin(), prefix);
                    compare(code, state);
                }
}

TEST_F(EmulatorNativeTest, ByteSwappingMoves) {
    if (!__builtin_cpu_supports("avx2"))
        GTEST_SKIP() << "this CPU may have no MOVBE";
    for (int round = 0; round < rounds; ++round)
        for (const unsigned width : {2U, 4U, 8U}) {
            compare(sized(width, {0x0f, 0x38, 0xf0, 0x0b}), random_state());
            compare(sized(width, {0x0f, 0x38, 0xf1, 0x0b}), random_state());
        }
}

} // namespace
} // namespace vestige::cpu
