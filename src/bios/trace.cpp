// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/bios/trace.hpp"

namespace vestige::bios {
namespace {

using cpu::Gpr;
using cpu::SegmentName;

/// A register by its name, as a part of one of the values.
struct RegisterName {
    std::string_view name;
    u32 CallValues::* whole;
    u8 bits;
    u8 shift;
};
constexpr std::array register_names{
    RegisterName{"al", &CallValues::eax, 8, 0},   RegisterName{"ah", &CallValues::eax, 8, 8},
    RegisterName{"bl", &CallValues::ebx, 8, 0},   RegisterName{"bh", &CallValues::ebx, 8, 8},
    RegisterName{"cl", &CallValues::ecx, 8, 0},   RegisterName{"ch", &CallValues::ecx, 8, 8},
    RegisterName{"dl", &CallValues::edx, 8, 0},   RegisterName{"dh", &CallValues::edx, 8, 8},
    RegisterName{"ax", &CallValues::eax, 16, 0},  RegisterName{"bx", &CallValues::ebx, 16, 0},
    RegisterName{"cx", &CallValues::ecx, 16, 0},  RegisterName{"dx", &CallValues::edx, 16, 0},
    RegisterName{"eax", &CallValues::eax, 32, 0}, RegisterName{"ebx", &CallValues::ebx, 32, 0},
    RegisterName{"ecx", &CallValues::ecx, 32, 0}, RegisterName{"edx", &CallValues::edx, 32, 0},
};
struct WordName {
    std::string_view name;
    u16 CallValues::* word;
};
constexpr std::array word_names{
    WordName{"si", &CallValues::si}, WordName{"di", &CallValues::di},
    WordName{"bp", &CallValues::bp}, WordName{"ds", &CallValues::ds},
    WordName{"es", &CallValues::es},
};

/// A number and how many hexadecimal digits it has.
struct Value {
    u32 number = 0;
    u8 digits = 4;
};

Value register_value(const CallValues& values, std::string_view name) {
    for (const RegisterName& each : register_names)
        if (each.name == name)
            return Value{values.*each.whole >> each.shift & ~u32{0} >> (32 - each.bits),
                         static_cast<u8>(each.bits / 4)};
    for (const WordName& each : word_names)
        if (each.name == name)
            return Value{values.*each.word, 4};
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

void print_chs(TextSink& out, const CallValues& values) {
    const u32 cl = register_value(values, "cl").number;
    print(out, "chs={}/{}/{}", register_value(values, "ch").number | (cl & 0xc0) << 2,
          register_value(values, "dh").number, cl & 0x3f);
}

/// Takes the text before separator off rest.
std::string_view take(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view first = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return first;
}

void print_value(TextSink& out, const CallValues& values, std::string_view source, u16 flags) {
    if (source == "cf" || source == "zf")
        return print(out, "{}", flags >> (source == "cf" ? 0 : 6) & 1);
    if (source.find(':') != std::string_view::npos) {
        const Value high = register_value(values, take(source, ':'));
        const Value low = register_value(values, source);
        return print(out, "{}",
                     FarPtr{static_cast<u16>(high.number), static_cast<u16>(low.number)});
    }
    const char format = source.back();
    const bool formatted = format == '#' || format == '\'';
    const Value value =
        register_value(values, formatted ? source.substr(0, source.size() - 1) : source);
    if (format == '#')
        return print(out, "{}", value.number);
    print_hexadecimal(out, value);
    if (format == '\'' && value.number > ' ' && value.number < 0x7f)
        print(out, "'{}'", static_cast<char>(value.number));
}

void print_items(TextSink& out, const CallRecord& record, const CallValues& values,
                 std::string_view items) {
    while (!items.empty()) {
        std::string_view item = take(items, ' ');
        out.write(" ");
        if (item == "chs") {
            print_chs(out, values);
        } else if (item == "packet") {
            print(out, "lba={} count={} buf={}", record.lba, record.count, record.buffer);
        } else {
            const std::string_view label =
                item.find('=') != std::string_view::npos ? take(item, '=') : item;
            const bool plain = label.back() != '#' && label.back() != '\'';
            print(out, "{}=", plain ? label : label.substr(0, label.size() - 1));
            print_value(out, values, item, record.flags);
            if (item == "zf" && (record.flags & cpu::rflags::zf) != 0)
                return; // nothing was there: the other registers hold no result
        }
    }
}

/// The registers that chose the row, and its name.
void print_head(TextSink& out, const CallRecord& record, const Service* service) {
    print(out, "int {02x}h", record.interrupt);
    const Interrupt& entry = interrupts[record.interrupt];
    const Match match = service != nullptr ? service->match : Match::ax;
    if (match == Match::ah || match == Match::ah_bl)
        print(out, " ah={02x}h", record.in.eax >> 8 & 0xff);
    else if (match == Match::ax && (service != nullptr || entry.functions != nullptr))
        print(out, " ax={04x}h", record.in.eax & 0xffff);
    if (match == Match::ah_bl)
        print(out, " bl={02x}h", record.in.ebx & 0xff);
    print(out, " {}",
          service != nullptr           ? service->name
          : entry.functions != nullptr ? std::string_view{"unknown function"}
                                       : std::string_view{"not served"});
}

} // namespace

CallRecorder::CallRecorder(Environment& environment, Stub stub)
    : env_{environment}, stub_{stub}, service_{find_service(stub.interrupt, environment.cpu.regs)} {
    if (service_ != nullptr)
        shown_ = service_->shown;
    // The interrupt's fallback answers: with CF.
    shown_.flags = shown_.flags || service_ == nullptr || service_->handler == nullptr;
    record_.interrupt = stub_.interrupt;
    record_.in = values();
    if (shown_.packet)
        read_packet();
}

CallValues CallRecorder::values() const {
    const cpu::Registers& r = env_.cpu.regs;
    CallValues values{r.dword(Gpr::rax), r.dword(Gpr::rbx), r.dword(Gpr::rcx), r.dword(Gpr::rdx),
                      r.word(Gpr::rsi),  r.word(Gpr::rdi),  r.word(Gpr::rbp),  0,
                      0};
    if (shown_.selectors) {
        values.ds = env_.cpu.segment(SegmentName::ds).selector;
        values.es = env_.cpu.segment(SegmentName::es).selector;
    }
    return values;
}

void CallRecorder::read_packet() {
    const Call call{env_, stub_};
    std::array<std::byte, 16> packet{};
    call.read(SegmentName::ds, call.si(), packet);
    record_.buffer = {load_le<u16>(packet, 6), load_le<u16>(packet, 4)};
    record_.lba = load_le<u64>(packet, 8);
    record_.count = load_le<u16>(packet, 2);
}

const CallRecord& CallRecorder::finish() {
    record_.out = values();
    if (!shown_.flags)
        return record_;
    // The frame that INT pushed: IP, CS, FLAGS.
    const u16 sp = static_cast<u16>(env_.cpu.regs.word(Gpr::rsp) + 4);
    std::array<std::byte, 2> flags{};
    if (ends_with_retf(stub_.entry))
        store_le<u16>(flags, 0, static_cast<u16>(env_.cpu.regs.rflags));
    else
        Call{env_, stub_}.read_linear(Linear{env_.cpu.segment(SegmentName::ss).base + sp}, flags);
    record_.flags = load_le<u16>(flags, 0);
    return record_;
}

const Service* service_of(const CallRecord& record) {
    cpu::Registers registers;
    registers.set(Gpr::rax, record.in.eax);
    registers.set(Gpr::rbx, record.in.ebx);
    return find_service(record.interrupt, registers);
}

void print_call(TextSink& out, const CallRecord& record) {
    const Service* const service = service_of(record);
    print_head(out, record, service);
    if (service != nullptr)
        print_items(out, record, record.in, service->arguments);
    out.write(" ->");
    const FunctionTable* const functions = interrupts[record.interrupt].functions;
    std::string_view results = service != nullptr ? service->results : std::string_view{};
    if (functions != nullptr && (service == nullptr || service->handler == nullptr))
        results = functions->refusal;
    print_items(out, record, record.out, results);
}

} // namespace vestige::bios
