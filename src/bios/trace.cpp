// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/trace.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

struct RegisterName {
    std::string_view name;
    Gpr gpr;
    u8 bits;
    u8 shift;
};
constexpr std::array register_names{
    RegisterName{"al", Gpr::rax, 8, 0},   RegisterName{"ah", Gpr::rax, 8, 8},
    RegisterName{"bl", Gpr::rbx, 8, 0},   RegisterName{"bh", Gpr::rbx, 8, 8},
    RegisterName{"cl", Gpr::rcx, 8, 0},   RegisterName{"ch", Gpr::rcx, 8, 8},
    RegisterName{"dl", Gpr::rdx, 8, 0},   RegisterName{"dh", Gpr::rdx, 8, 8},
    RegisterName{"ax", Gpr::rax, 16, 0},  RegisterName{"bx", Gpr::rbx, 16, 0},
    RegisterName{"cx", Gpr::rcx, 16, 0},  RegisterName{"dx", Gpr::rdx, 16, 0},
    RegisterName{"si", Gpr::rsi, 16, 0},  RegisterName{"di", Gpr::rdi, 16, 0},
    RegisterName{"bp", Gpr::rbp, 16, 0},  RegisterName{"eax", Gpr::rax, 32, 0},
    RegisterName{"ebx", Gpr::rbx, 32, 0}, RegisterName{"ecx", Gpr::rcx, 32, 0},
    RegisterName{"edx", Gpr::rdx, 32, 0},
};

/// A number and how many hexadecimal digits it has.
struct Value {
    u64 number = 0;
    u8 digits = 4;
};

std::optional<Value> register_value(const cpu::CpuState& state, std::string_view name) {
    for (const RegisterName& each : register_names)
        if (each.name == name)
            return Value{state.regs.get(each.gpr) >> each.shift & ~u64{0} >> (64 - each.bits),
                         static_cast<u8>(each.bits / 4)};
    if (name == "es")
        return Value{state.segment(SegmentName::es).selector, 4};
    if (name == "ds")
        return Value{state.segment(SegmentName::ds).selector, 4};
    return {};
}

void print_hexadecimal(TextSink& out, const Value& value) {
    switch (value.digits) {
    case 2:
        return print(out, "{02x}h", value.number);
    case 4:
        return print(out, "{04x}h", value.number);
    default:
        return print(out, "{08x}h", value.number);
    }
}

void print_chs(TextSink& out, const Call& call) {
    print(out, "chs={}/{}/{}", call.ch() | (call.cl() & 0xc0U) << 2, call.dh(), call.cl() & 0x3fU);
}

void print_packet(TextSink& out, const Call& call) {
    constexpr u16 size = 16;
    std::array<std::byte, size> packet{};
    call.read(SegmentName::ds, call.si(), packet);
    const FarPtr buffer{load_le<u16>(packet, 6), load_le<u16>(packet, 4)};
    print(out, "lba={} count={} buf={}", load_le<u64>(packet, 8), load_le<u16>(packet, 2), buffer);
}

/// Takes the text before separator off rest.
std::string_view take(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view first = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return first;
}

void print_value(TextSink& out, const Call& call, std::string_view source, u16 flags) {
    const cpu::CpuState& state = call.env.cpu;
    if (source == "cf" || source == "zf")
        return print(out, "{}", flags >> (source == "cf" ? 0 : 6) & 1);
    if (source.find(':') != std::string_view::npos) {
        const auto high = register_value(state, take(source, ':')).value_or(Value{});
        const auto low = register_value(state, source).value_or(Value{});
        return print(out, "{}",
                     FarPtr{static_cast<u16>(high.number), static_cast<u16>(low.number)});
    }
    const char format = source.back();
    const bool formatted = format == '#' || format == '\'';
    const auto value =
        register_value(state, formatted ? source.substr(0, source.size() - 1) : source)
            .value_or(Value{});
    if (format == '#')
        return print(out, "{}", value.number);
    print_hexadecimal(out, value);
    if (format == '\'' && value.number > ' ' && value.number < 0x7f)
        print(out, "'{}'", static_cast<char>(value.number));
}

void print_items(TextSink& out, const Call& call, std::string_view items, u16 flags) {
    while (!items.empty()) {
        std::string_view item = take(items, ' ');
        out.write(" ");
        if (item == "chs") {
            print_chs(out, call);
        } else if (item == "packet") {
            print_packet(out, call);
        } else {
            const std::string_view label =
                item.find('=') != std::string_view::npos ? take(item, '=') : item;
            const bool plain = label.back() != '#' && label.back() != '\'';
            print(out, "{}=", plain ? label : label.substr(0, label.size() - 1));
            print_value(out, call, item, flags);
        }
    }
}

/// The registers that chose the row, and its name.
void print_head(TextSink& out, const Call& call, const Service* service) {
    print(out, "int {02x}h", call.interrupt());
    const Interrupt& entry = interrupts[call.interrupt()];
    const Match match = service != nullptr ? service->match : Match::ax;
    if (match == Match::ah || match == Match::ah_bl)
        print(out, " ah={02x}h", call.ah());
    else if (match == Match::ax && (service != nullptr || entry.functions != nullptr))
        print(out, " ax={04x}h", call.ax());
    if (match == Match::ah_bl)
        print(out, " bl={02x}h", call.bl());
    print(out, " {}",
          service != nullptr           ? service->name
          : entry.functions != nullptr ? std::string_view{"unknown function"}
                                       : std::string_view{"not served"});
}

} // namespace

CallTrace::CallTrace(Environment& environment, Stub stub)
    : env_{environment}, stub_{stub}, service_{find_service(stub.interrupt, environment.cpu.regs)},
      line_{text_} {
    const Call call{env_, stub_};
    const u16 sp = static_cast<u16>(env_.cpu.regs.word(Gpr::rsp) + 4);
    flags_at_ = Linear{env_.cpu.segment(SegmentName::ss).base + sp};
    print_head(line_, call, service_);
    if (service_ != nullptr)
        print_items(line_, call, service_->arguments, 0);
}

std::string_view CallTrace::finish() {
    const Call call{env_, stub_};
    std::array<std::byte, 2> flags{};
    call.read_linear(flags_at_, flags);
    const FunctionTable* const functions = interrupts[stub_.interrupt].functions;
    std::string_view results = service_ != nullptr ? service_->results : std::string_view{};
    if (functions != nullptr && (service_ == nullptr || service_->handler == nullptr))
        results = functions->refusal;
    line_.write(" ->");
    print_items(line_, call, results, load_le<u16>(flags, 0));
    return line_.view();
}

} // namespace vestige::bios
