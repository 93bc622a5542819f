// SPDX-License-Identifier: BSD-2-Clause
// Memory and ports: x, xp, u, set, find, in, out.
#include "command.hpp"

#include "vestige/cpu/decoder.hpp"
#include "vestige/cpu/disassemble.hpp"
#include "vestige/monitor/register_names.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr unsigned most_units = 1024;
constexpr unsigned most_instructions = 200;

/// "4xb" as GDB has it; false: said what is wrong.
bool parse_format(Context& context, ExamineFormat& format) {
    constexpr std::string_view formats = "xduotcais";
    std::string_view text = context.suffix;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits != 0) {
        const auto count = config::parse_digits(config::part(text, 0, digits), 10);
        if (!count || *count == 0 || *count > most_units) {
            context.say("a count is 1 to {}", most_units);
            return false;
        }
        format.count = static_cast<unsigned>(*count);
        text.remove_prefix(digits);
    }
    for (const char c : text) {
        const std::size_t unit = std::string_view{"bhwg"}.find(c);
        if (unit != std::string_view::npos) {
            format.unit = static_cast<u8>(1U << unit);
        } else if (formats.find(c) != std::string_view::npos) {
            format.format = c;
        } else {
            context.say("'{}' is no format or unit: formats are {}, units b h w g", c, formats);
            return false;
        }
    }
    return true;
}

void print_binary(TextSink& out, u64 value, unsigned bits) {
    for (unsigned i = bits; i != 0; --i)
        out.write((value >> (i - 1) & 1) != 0 ? "1" : "0");
}

void print_octal(TextSink& out, u64 value) {
    char digits[24];
    std::size_t at = sizeof digits;
    do {
        digits[--at] = static_cast<char>('0' + (value & 7));
        value >>= 3;
    } while (value != 0);
    out.write("0");
    out.write({digits + at, sizeof digits - at});
}

void print_character(TextSink& out, u64 value) {
    const char c = static_cast<char>(value);
    print(out, "{} '{}'", value, c >= ' ' && c <= '~' ? c : '.');
}

void print_unit(TextSink& out, const ExamineFormat& format, u64 value) {
    switch (format.format) {
    case 'd': {
        const unsigned shift = 64 - 8U * format.unit;
        return print(out, "{}", static_cast<std::int64_t>(value << shift) >> shift);
    }
    case 'u':
        return print(out, "{}", value);
    case 'o':
        return print_octal(out, value);
    case 't':
        return print_binary(out, value, 8U * format.unit);
    case 'c':
        return print_character(out, value);
    case 'a':
        return print(out, "{08x}", value);
    default:
        break;
    }
    switch (format.unit) {
    case 1:
        return print(out, "{02x}", value);
    case 2:
        return print(out, "{04x}", value);
    case 4:
        return print(out, "{08x}", value);
    default:
        return print(out, "{016x}", value);
    }
}

/// A text that ends with NUL, at most 256 characters; the address behind it.
Place show_text(Context& context, Place place) {
    print(context.out, "{08x}  \"", place.address);
    for (unsigned i = 0; i < 256; ++i) {
        std::byte byte{};
        if (read_at(context, place, {&byte, 1}) == 0) {
            context.out.write("\" (no memory)\n");
            return place;
        }
        ++place.address;
        if (byte == std::byte{0})
            break;
        const char c = static_cast<char>(byte);
        print(context.out, "{}", c >= ' ' && c <= '~' ? c : '.');
    }
    context.out.write("\"\n");
    return place;
}

/// The characters of a line of bytes.
void print_characters(TextSink& out, std::span<const std::byte> bytes) {
    out.write("  ");
    for (const std::byte byte : bytes) {
        const char c = static_cast<char>(byte);
        print(out, "{}", c >= ' ' && c <= '~' ? c : '.');
    }
}

/// One line of units; how many were there.
unsigned show_line(Context& context, const ExamineFormat& format, Place place, unsigned units) {
    std::array<std::byte, 16> bytes{};
    const std::size_t size = std::size_t{units} * format.unit;
    const std::size_t got = read_at(context, place, std::span{bytes}.first(size));
    const unsigned whole = static_cast<unsigned>(got / format.unit);
    print(context.out, "{08x} ", place.address);
    for (unsigned i = 0; i < whole; ++i) {
        u64 value = 0;
        for (unsigned k = 0; k < format.unit; ++k)
            value |= u64{std::to_integer<u8>(bytes[i * format.unit + k])} << (8 * k);
        context.out.write(" ");
        print_unit(context.out, format, value);
    }
    if (format.unit == 1 && format.format == 'x' && whole > 1)
        print_characters(context.out, std::span{bytes}.first(whole));
    context.out.write(whole == units ? "\n" : " (no memory)\n");
    return whole;
}

void show_units(Context& context, const ExamineFormat& format, Place place) {
    const unsigned per_line = format.format == 't' || format.format == 'c' ? 4 : 16U / format.unit;
    for (unsigned left = format.count; left != 0;) {
        const unsigned units = std::min(left, per_line);
        const unsigned got = show_line(context, format, place, units);
        place.address += u64{got} * format.unit;
        if (got != units)
            break;
        left -= units;
    }
    context.session.next_data = place.address;
}

void examine(Context& context, bool physical) {
    ExamineFormat format = context.session.examine;
    format.count = 1;
    if (!parse_format(context, format))
        return;
    Place place{context.session.next_data.value_or(0), physical};
    if (!context.words.empty()) {
        const auto given = place_of(context, context.words.next());
        if (!given)
            return;
        place = {given->address, given->physical || physical};
    } else if (!context.session.next_data) {
        return context.say("x wants an address, for example x/16xb 0:7c00");
    }
    context.session.examine = format;
    if (format.format == 'i') {
        for (unsigned i = 0; i < std::min(format.count, most_instructions); ++i) {
            const unsigned length = print_instruction(context, place.address);
            if (length == 0)
                break;
            place.address += length;
        }
        context.session.next_data = place.address;
    } else if (format.format == 's') {
        for (unsigned i = 0; i < std::min(format.count, most_instructions); ++i)
            place = show_text(context, place);
        context.session.next_data = place.address;
    } else {
        show_units(context, format, place);
    }
}

/// "55h", "0x1234w": a number and how many bytes it is; 0 when it is no such thing.
unsigned parse_value(Context& context, std::string_view text, u64& value) {
    unsigned size = 1;
    if (text.size() > 1 && text[0] >= '0' && text[0] <= '9') {
        const std::size_t unit = std::string_view{"wlq"}.find(text.back());
        if (unit != std::string_view::npos) {
            size = 2U << unit;
            text.remove_suffix(1);
        }
    }
    const auto number = number_of(context, text);
    if (!number)
        return 0;
    value = *number;
    if (size < 8 && value >> (8 * size) != 0) {
        context.say("{x}h does not fit {} byte{}; w, l or q behind it makes it 2, 4 or 8", value,
                    size, size == 1 ? "" : "s");
        return 0;
    }
    return size;
}

/// Bytes of a pattern: numbers by blanks or commas, or a text in quotes.
unsigned parse_pattern(Context& context, std::span<std::byte> pattern) {
    unsigned size = 0;
    while (!context.words.empty()) {
        const bool text = context.words.rest().starts_with('"');
        const std::string_view word = context.words.next();
        if (text) {
            for (const char c : word)
                if (size < pattern.size())
                    pattern[size++] = static_cast<std::byte>(c);
            continue;
        }
        const auto value = config::parse_digits(word, 16);
        if (!value || *value > 0xff || size == pattern.size()) {
            context.say("\"{}\": a pattern is up to {} bytes like 55 aa, or a \"text\"", word,
                        pattern.size());
            return 0;
        }
        pattern[size++] = static_cast<std::byte>(*value);
    }
    return size;
}

std::optional<Width> width_of_suffix(Context& context) {
    if (context.suffix.empty() || context.suffix == "b")
        return Width::byte;
    if (context.suffix == "w" || context.suffix == "h")
        return Width::word;
    if (context.suffix == "l" || context.suffix == "d")
        return Width::dword;
    context.say("a port is accessed as /b, /w or /l");
    return {};
}

std::optional<Port> port_of(Context& context) {
    if (context.words.empty()) {
        context.say("which port? for example: in 0x3da");
        return {};
    }
    const auto number = number_of(context, context.words.next());
    if (number && *number > 0xffff) {
        context.say("{x}h is no port: those go up to ffffh", *number);
        return {};
    }
    return number ? std::optional{Port{static_cast<u16>(*number)}} : std::nullopt;
}

} // namespace

unsigned print_instruction(Context& context, u64 address) {
    std::array<std::byte, cpu::longest_instruction> code{};
    const std::size_t size = read_at(context, {address, false}, code);
    const vcpu::Vcpu& cpu = context.vm->cpu();
    print(context.out, "{08x}", address);
    vm::print_symbol(context.out, context.vm->config().symbols, address);
    context.out.write("  ");
    if (size == 0) {
        context.out.write("(no memory)\n");
        return 0;
    }
    char text[96];
    TextBuffer instruction{text};
    const cpu::Mode mode = cpu::mode_of(cpu);
    const u64 base = mode == cpu::Mode::long64 ? 0 : cpu.segment(cpu::SegmentName::cs).base;
    const unsigned length = cpu::disassemble(instruction, std::span{code}.first(size), mode,
                                             (address - base) & (base == 0 ? ~u64{0} : 0xffffffff));
    char bytes[2 * cpu::longest_instruction + 1];
    TextBuffer hex{bytes};
    for (unsigned i = 0; i < length; ++i)
        print(hex, "{02x}", std::to_integer<u8>(code[i]));
    context.say("{-16} {}", hex.view(), instruction.view());
    return length;
}

static void examine_command(Context& context) {
    examine(context, false);
}

static void examine_physical_command(Context& context) {
    examine(context, true);
}

static void disassemble_command(Context& context) {
    u64 address = context.session.next_instruction.value_or(
        cpu::linear_rip(context.vm->cpu()).value());
    unsigned count = 8;
    if (!context.words.empty()) {
        const auto place = place_of(context, context.words.next());
        if (!place)
            return;
        address = place->address;
    }
    if (!context.words.empty()) {
        const auto number = number_of(context, context.words.next());
        if (!number)
            return;
        count = static_cast<unsigned>(std::min<u64>(*number, most_instructions));
    }
    for (unsigned i = 0; i < count; ++i) {
        const unsigned length = print_instruction(context, address);
        if (length == 0)
            break;
        address += length;
    }
    context.session.next_instruction = address;
}

static void set_command(Context& context) {
    char storage[256];
    TextBuffer joined{storage};
    while (!context.words.empty())
        joined.write(context.words.next());
    const std::string_view text = joined.view();
    const std::size_t sign = text.find('=');
    if (sign == std::string_view::npos || joined.truncated())
        return context.say("set wants ADDR=BYTE,BYTE,... for example: set 0:500=55h,0xaa");
    if (text.starts_with('$') && find_register(config::part(text, 1, sign - 1)) != nullptr) {
        Arguments words{text};
        Context registers{context.session, words, context.out, context.control, context.vm};
        return register_command(registers);
    }
    auto place = place_of(context, config::part(text, 0, sign));
    if (!place)
        return;
    config::ListReader values{config::part(text, sign + 1)};
    unsigned written = 0;
    while (const auto item = values.next()) {
        u64 value = 0;
        const unsigned size = parse_value(context, *item, value);
        if (size == 0)
            return;
        std::array<std::byte, 8> bytes{};
        store_le<u64>(bytes, 0, value);
        const std::size_t done = write_at(context, *place, std::span{bytes}.first(size));
        written += static_cast<unsigned>(done);
        if (done != size)
            return context.say("no RAM at {x}; {} bytes written", place->address + done, written);
        place->address += size;
    }
    context.say("{} byte{} written", written, written == 1 ? "" : "s");
}

static void find_bytes_command(Context& context) {
    constexpr u64 most_length = 16 * mib;
    const auto place = place_of(context, context.words.next());
    if (!place)
        return;
    const auto length = number_of(context, context.words.next());
    if (!length)
        return;
    std::array<std::byte, 16> pattern{};
    const unsigned size = parse_pattern(context, pattern);
    if (size == 0)
        return context.say("find ADDR LENGTH BYTES, for example: find 0 100000h 55 aa");
    const u64 end = place->address + std::min(*length, most_length);
    unsigned found = 0;
    for (u64 at = place->address; at + size <= end && found < 20;) {
        std::array<std::byte, 1024> block{};
        const std::size_t got = read_at(context, {at, place->physical}, block);
        if (got < size) {
            at += page_size - at % page_size;
            continue;
        }
        const std::span<const std::byte> there = std::span{block}.first(
            std::min<std::size_t>(got, end - at));
        const auto hit = std::search(there.begin(), there.end(), pattern.begin(),
                                     pattern.begin() + size);
        if (hit == there.end()) {
            at += std::max<std::size_t>(there.size() - size + 1, 1);
            continue;
        }
        const u64 where = at + static_cast<u64>(hit - there.begin());
        context.say("{08x}", where);
        ++found;
        at = where + 1;
    }
    context.say("{} found{}", found, found == 20 ? ", more may follow" : "");
}

static void in_command(Context& context) {
    const auto width = width_of_suffix(context);
    const auto port = width ? port_of(context) : std::nullopt;
    if (!port)
        return;
    context.say("port {x}h = {x}h", port->value, context.vm->board().ports.read(*port, *width));
}

static void out_command(Context& context) {
    const auto width = width_of_suffix(context);
    const auto port = width ? port_of(context) : std::nullopt;
    if (!port)
        return;
    const auto value = number_of(context, context.words.next());
    if (!value)
        return;
    if (*value > all_ones(*width))
        return context.say("{x}h does not fit the access", *value);
    context.vm->board().ports.write(*port, *width, static_cast<u32>(*value));
    context.say("done");
}

namespace {

constexpr std::array table{
    Command{"x", "[ADDR]", "shows memory by linear address: x/COUNT FORMAT UNIT", "x/8xb 0:7c00",
            Where::on_vm, examine_command, true},
    Command{"xp", "[ADDR]", "shows memory by physical address", "xp/4xw 0xb8000", Where::on_vm,
            examine_physical_command, true},
    Command{"u", "[ADDR] [N]", "disassembles N instructions", "u cs:ip 5", Where::on_vm,
            disassemble_command},
    Command{"set", "ADDR=VALUE[,...]", "writes bytes, or a register with $: 0x1234w is two bytes",
            "set 0:500=55h,0xaaw", Where::on_vm, set_command},
    Command{"find", "ADDR LENGTH BYTES", "searches memory for bytes or \"text\"",
            "find 0 100000h 55 aa", Where::on_vm, find_bytes_command},
    Command{"in", "PORT", "reads a port of the VM as its CPU would: in/w and in/l are wider",
            "in 0x3da", Where::on_vm, in_command, true},
    Command{"out", "PORT VALUE", "writes a port of the VM: out/w and out/l are wider",
            "out 0x80 1", Where::on_vm, out_command, true},
};

} // namespace

constinit const CommandGroup memory_commands{"Memory and ports", table};

} // namespace vestige::monitor
