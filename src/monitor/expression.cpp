// SPDX-License-Identifier: BSD-2-Clause
// Numbers and addresses as they are typed.
#include "command.hpp"

#include "vestige/monitor/register_names.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// 10 is decimal; 0x10, 10h and whatever has a letter from a to f is hexadecimal.
std::optional<u64> literal(std::string_view text) {
    if (const auto value = config::parse_number(text))
        return value;
    return std::ranges::all_of(text, is_hex) ? config::parse_digits(text, 16) : std::nullopt;
}

/// A general name is a register's or a symbol's.
std::optional<u64> named(Context& context, std::string_view text) {
    const std::string_view name = text.starts_with('$') ? config::part(text, 1) : text;
    const RegisterName* const found = find_register(name);
    if (found != nullptr && context.vm != nullptr)
        return read_register(context.vm->cpu(), *found);
    if (context.vm != nullptr)
        if (const auto address = context.vm->config().symbols.lookup(text))
            return address;
    config::NearestWord nearest{name};
    for (const RegisterName& each : register_names())
        nearest.offer(each.name);
    if (found != nullptr)
        context.say("registers mean nothing to this command");
    else if (text.starts_with('$') && !nearest.best().empty())
        context.say("there is no register {}; did you mean ${}?", text, nearest.best());
    else
        context.say("\"{}\" is no number, register or symbol", text);
    return {};
}

/// No register's name consists of hexadecimal digits alone.
std::optional<u64> term(Context& context, std::string_view text, bool hexadecimal) {
    const bool digits = std::ranges::all_of(text, is_hex);
    const auto value = hexadecimal && digits ? config::parse_digits(text, 16) : literal(text);
    return value ? value : named(context, text);
}

/// Terms with + and - between them.
std::optional<u64> sum(Context& context, std::string_view text, bool hexadecimal) {
    u64 total = 0;
    bool minus = false;
    for (;;) {
        const std::size_t end = std::min(text.find_first_of("+-"), text.size());
        const auto value = term(context, config::part(text, 0, end), hexadecimal);
        if (!value)
            return {};
        total = minus ? total - *value : total + *value;
        if (end == text.size())
            return total;
        minus = text[end] == '-';
        text.remove_prefix(end + 1);
    }
}

/// Base of the segment that a selector means in the guest's present mode.
std::optional<u64> base_of(Context& context, std::string_view text) {
    const std::string_view name = text.starts_with('$') ? config::part(text, 1) : text;
    const RegisterName* const found = find_register(name);
    if (found != nullptr && found->kind == RegisterName::Kind::segment)
        return context.vm->cpu().segment(static_cast<cpu::SegmentName>(found->number)).base;
    const auto selector = term(context, text, true);
    if (!selector)
        return {};
    if (*selector > 0xffff) {
        context.say("{x} is no segment: those have 16 bits", *selector);
        return {};
    }
    const cpu::Mode mode = cpu::mode_of(context.vm->cpu());
    if (mode == cpu::Mode::real || mode == cpu::Mode::v86)
        return *selector << 4;
    const cpu::DescriptorTable gdt = context.vm->cpu().gdtr();
    const u64 offset = *selector & 0xfff8;
    const auto descriptor = context.view().load<u64>(Linear{gdt.base + offset});
    if ((*selector & 4) != 0 || offset + 7 > gdt.limit || !descriptor) {
        context.say("selector {04x} has no descriptor in the GDT", *selector);
        return {};
    }
    return (*descriptor >> 16 & 0xffffff) | (*descriptor >> 56 & 0xff) << 24;
}

} // namespace

std::optional<u64> number_of(Context& context, std::string_view text) {
    return sum(context, text, false);
}

std::optional<Place> place_of(Context& context, std::string_view text) {
    constexpr std::string_view physical = "phys:";
    if (text.starts_with('*'))
        text.remove_prefix(1);
    if (text.starts_with(physical)) {
        const auto address = number_of(context, config::part(text, physical.size()));
        return address ? std::optional{Place{*address, true}} : std::nullopt;
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        const auto address = number_of(context, text);
        return address ? std::optional{Place{*address, false}} : std::nullopt;
    }
    if (context.vm == nullptr) {
        context.say("segments mean nothing to this command");
        return {};
    }
    const auto base = base_of(context, config::part(text, 0, colon));
    if (!base)
        return {};
    const auto offset = sum(context, config::part(text, colon + 1), true);
    if (!offset)
        return {};
    const bool wide = cpu::mode_of(context.vm->cpu()) == cpu::Mode::long64;
    return Place{(*base + *offset) & (wide ? ~u64{0} : 0xffffffff), false};
}

std::size_t read_at(const Context& context, Place place, std::span<std::byte> out) {
    const vm::GuestView view = context.view();
    return place.physical ? view.read(Gpa{place.address}, out)
                          : view.read(Linear{place.address}, out);
}

std::size_t write_at(const Context& context, Place place, std::span<const std::byte> data) {
    const vm::GuestView view = context.view();
    return place.physical ? view.write(Gpa{place.address}, data)
                          : view.write(Linear{place.address}, data);
}

} // namespace vestige::monitor
