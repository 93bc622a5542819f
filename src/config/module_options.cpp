// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/module_options.hpp"

#include "vestige/base/format.hpp"

#include <algorithm>
#include <array>

namespace vestige::config {
namespace {

constexpr std::array<std::string_view, 9> kind_words{
    "auto", "disk", "floppy", "cdrom", "raw", "rom", "oprom", "config", "sym"};

std::optional<ModuleKind> parse_kind(std::string_view word) {
    for (std::size_t i = 0; i < kind_words.size(); ++i)
        if (kind_words[i] == word)
            return static_cast<ModuleKind>(i);
    return std::nullopt;
}

bool parse_vm(ModuleOptions& module, std::string_view text) {
    module.vm = text;
    return is_vm_name(text);
}

bool parse_unit(ModuleOptions& module, std::string_view text) {
    const std::optional<u64> unit = parse_number(text);
    if (!unit || *unit > 0xff)
        return false;
    module.unit = static_cast<u8>(*unit);
    return true;
}

bool parse_read_only(ModuleOptions& module, std::string_view text) {
    module.read_only = parse_switch(text);
    return module.read_only.has_value();
}

bool parse_memory(ModuleOptions& module, std::string_view text) {
    module.memory = parse_size(text);
    return module.memory && *module.memory != 0 && *module.memory % mib == 0;
}

bool parse_cpus(ModuleOptions& module, std::string_view text) {
    const std::optional<u64> count = parse_digits(text, 10);
    if (!count || *count == 0 || *count > 64)
        return false;
    module.cpus = static_cast<unsigned>(*count);
    return true;
}

bool parse_boot(ModuleOptions& module, std::string_view text) {
    BootOrder order;
    ListReader items{text};
    while (const std::optional<std::string_view> item = items.next()) {
        std::optional<BootDevice> device;
        if (*item == "a")
            device = BootDevice::floppy;
        else if (*item == "c")
            device = BootDevice::hard_disk;
        else if (*item == "d")
            device = BootDevice::cdrom;
        else if (*item == "n")
            device = BootDevice::option_rom;
        const bool twice = device && std::find(order.begin(), order.end(), *device) != order.end();
        if (!device || twice || !order.push_back(*device))
            return false;
    }
    module.boot = order;
    return true;
}

bool parse_at(ModuleOptions& module, std::string_view text) {
    const std::optional<u64> address = parse_number(text);
    if (!address || *address > 0xffff'ffff)
        return false;
    module.at = Gpa{*address};
    return true;
}

bool parse_start(ModuleOptions& module, std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return false;
    const std::optional<u64> segment = parse_digits(part(text, 0, colon), 16);
    const std::optional<u64> offset = parse_digits(part(text, colon + 1), 16);
    if (!segment || !offset || *segment > 0xffff || *offset > 0xffff)
        return false;
    module.start = FarPtr{static_cast<u16>(*segment), static_cast<u16>(*offset)};
    return true;
}

bool parse_com1(ModuleOptions& module, std::string_view text) {
    if (text == "console")
        module.com1 = Com1Route::console;
    else if (text == "none")
        module.com1 = Com1Route::none;
    else if (text == "com2")
        module.com1 = Com1Route::com2;
    else
        return false;
    return true;
}

bool parse_keys(ModuleOptions& module, std::string_view text) {
    if (text != "us" && text != "de")
        return false;
    module.keys = text == "us" ? KeyLayout::us : KeyLayout::de;
    return true;
}

bool parse_module_trace(ModuleOptions& module, std::string_view text) {
    module.trace = parse_trace(text);
    return module.trace.has_value();
}

constexpr ModuleKey keys[] = {
    {"vm", "NAME (1 to 15 letters, digits, - and _)", "the VM that gets the module", parse_vm,
     false},
    {"unit", "0 to 0xff", "INT 13h drive number", parse_unit, false},
    {"ro", "on|off", "the guest cannot write", parse_read_only, false},
    {"mem", "SIZE in whole MiB, such as 64M", "memory of the VM", parse_memory, true},
    {"cpus", "1 to 64", "CPUs of the VM", parse_cpus, true},
    {"boot", "list of a,c,d,n", "boot order: floppy, hard disk, CD-ROM, option ROM", parse_boot,
     true},
    {"at", "ADDRESS below 4 GiB, such as 0x7c00", "where a raw image is loaded", parse_at, true},
    {"start", "SEGMENT:OFFSET in hexadecimal", "where a raw image starts", parse_start, true},
    {"com1", "console|none|com2", "where the VM's COM1 goes", parse_com1, true},
    {"keys", "us|de", "layout of the VM's keyboard", parse_keys, true},
    {"trace", "list of int[:10,13/02],exit,io[:60-64],mmio[:A-B],irq,mode,insn, or off", "trace of this VM",
     parse_module_trace, true},
};

template <class... Arguments>
void complain(ProblemSink& problems, std::string_view format, const Arguments&... arguments) {
    char storage[320];
    problems.problem(format_in(storage, format, arguments...));
}

const ModuleKey* find_key(std::string_view name) {
    for (const ModuleKey& key : keys)
        if (key.name == name)
            return &key;
    return nullptr;
}

void report_unknown_key(std::string_view word, std::string_view name, bool whole_vm_only,
                        ProblemSink& problems) {
    NearestWord nearest{name};
    for (const ModuleKey& key : keys)
        if (key.whole_vm || !whole_vm_only)
            nearest.offer(key.name);
    const char* const what = whole_vm_only ? "boot word" : "module word";
    if (!nearest.best().empty())
        complain(problems, "{} \"{}\": unknown key, the nearest is \"{}\"", what, word,
                 nearest.best());
    else
        complain(problems, "{} \"{}\": unknown key, expected one of {}", what, word,
                 whole_vm_only ? "mem cpus boot at start com1 keys trace"
                               : "vm unit ro mem cpus boot at start com1 keys trace");
}

/// One word of a module string behind the kind.
unsigned module_word(std::string_view word, ModuleOptions& module, ProblemSink& problems) {
    const Assignment assignment = split_assignment(word);
    if (assignment.value)
        return set_module_key(word, assignment.name, *assignment.value, module, false, problems)
                   ? 0
                   : 1;
    if (find_key(word) != nullptr)
        complain(problems, "module word \"{}\": a value is missing, expected {}={}", word, word,
                 find_key(word)->type);
    else
        complain(problems, "module word \"{}\": expected KEY=VALUE behind the kind", word);
    return 1;
}

unsigned report_unknown_kind(std::string_view word, ProblemSink& problems) {
    NearestWord nearest{word};
    for (const std::string_view kind : kind_words)
        nearest.offer(kind);
    complain(problems,
             "module kind \"{}\": unknown, expected auto, disk, floppy, cdrom, raw, rom, oprom, "
             "config or sym{}{}",
             word, nearest.best().empty() ? "" : ", the nearest is ", nearest.best());
    return 1;
}

bool looks_like_path(std::string_view word) {
    return word.find('/') != std::string_view::npos || word.find('.') != std::string_view::npos;
}

} // namespace

std::string_view name_of(ModuleKind kind) {
    return kind_words[static_cast<std::size_t>(kind)];
}

std::span<const ModuleKey> module_keys() {
    return keys;
}

bool is_vm_name(std::string_view name) {
    if (name.empty() || name.size() > 15)
        return false;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return true;
}

bool set_module_key(std::string_view word, std::string_view key, std::string_view value,
                    ModuleOptions& module, bool whole_vm_only, ProblemSink& problems) {
    const ModuleKey* const row = find_key(key);
    if (row == nullptr || (whole_vm_only && !row->whole_vm)) {
        report_unknown_key(word, key, whole_vm_only, problems);
        return false;
    }
    if (row->parse(module, value))
        return true;
    complain(problems, "{} \"{}\": bad value, expected {}={}",
             whole_vm_only ? "boot word" : "module word", word, key, row->type);
    return false;
}

unsigned parse_module(std::string_view text, ModuleOptions& module, ProblemSink& problems) {
    module = {};
    WordReader words{text};
    std::optional<std::string_view> word = words.next();
    if (word && !parse_kind(*word) && !split_assignment(*word).value) {
        // QEMU passes the file's name in front; without a kind behind it, it need not look like
        // one.
        WordReader ahead = words;
        const std::optional<std::string_view> second = ahead.next();
        const bool kind_follows = second && parse_kind(*second);
        if (kind_follows || looks_like_path(*word)) {
            module.path = *word;
            word = words.next();
        }
    }
    unsigned count = 0;
    if (word && !split_assignment(*word).value) {
        if (const std::optional<ModuleKind> kind = parse_kind(*word))
            module.kind = *kind;
        else
            count += report_unknown_kind(*word, problems);
        word = words.next();
    }
    for (; word; word = words.next())
        count += module_word(*word, module, problems);
    return count;
}

} // namespace vestige::config
