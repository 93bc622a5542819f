// SPDX-License-Identifier: BSD-2-Clause
// Keys for a VM's keyboard: type and sendkey.
#include "command.hpp"

#include <algorithm>

namespace vestige::monitor {
namespace {

constexpr u8 extended = 0xe0;
constexpr u8 released = 0x80;

/// A key by its name and its set 1 make code.
struct KeyName {
    std::string_view name;
    u8 code;
    bool prefix = false; ///< E0h comes first
};

constexpr std::array key_names{
    KeyName{"esc", 0x01},        KeyName{"1", 0x02},           KeyName{"2", 0x03},
    KeyName{"3", 0x04},          KeyName{"4", 0x05},           KeyName{"5", 0x06},
    KeyName{"6", 0x07},          KeyName{"7", 0x08},           KeyName{"8", 0x09},
    KeyName{"9", 0x0a},          KeyName{"0", 0x0b},           KeyName{"minus", 0x0c},
    KeyName{"equal", 0x0d},      KeyName{"backspace", 0x0e},   KeyName{"tab", 0x0f},
    KeyName{"q", 0x10},          KeyName{"w", 0x11},           KeyName{"e", 0x12},
    KeyName{"r", 0x13},          KeyName{"t", 0x14},           KeyName{"y", 0x15},
    KeyName{"u", 0x16},          KeyName{"i", 0x17},           KeyName{"o", 0x18},
    KeyName{"p", 0x19},          KeyName{"bracket_left", 0x1a}, KeyName{"bracket_right", 0x1b},
    KeyName{"ret", 0x1c},        KeyName{"enter", 0x1c},       KeyName{"ctrl", 0x1d},
    KeyName{"a", 0x1e},          KeyName{"s", 0x1f},           KeyName{"d", 0x20},
    KeyName{"f", 0x21},          KeyName{"g", 0x22},           KeyName{"h", 0x23},
    KeyName{"j", 0x24},          KeyName{"k", 0x25},           KeyName{"l", 0x26},
    KeyName{"semicolon", 0x27},  KeyName{"apostrophe", 0x28},  KeyName{"grave_accent", 0x29},
    KeyName{"shift", 0x2a},      KeyName{"backslash", 0x2b},   KeyName{"z", 0x2c},
    KeyName{"x", 0x2d},          KeyName{"c", 0x2e},           KeyName{"v", 0x2f},
    KeyName{"b", 0x30},          KeyName{"n", 0x31},           KeyName{"m", 0x32},
    KeyName{"comma", 0x33},      KeyName{"dot", 0x34},         KeyName{"slash", 0x35},
    KeyName{"shift_r", 0x36},    KeyName{"asterisk", 0x37},    KeyName{"alt", 0x38},
    KeyName{"spc", 0x39},        KeyName{"space", 0x39},       KeyName{"caps_lock", 0x3a},
    KeyName{"f1", 0x3b},         KeyName{"f2", 0x3c},          KeyName{"f3", 0x3d},
    KeyName{"f4", 0x3e},         KeyName{"f5", 0x3f},          KeyName{"f6", 0x40},
    KeyName{"f7", 0x41},         KeyName{"f8", 0x42},          KeyName{"f9", 0x43},
    KeyName{"f10", 0x44},        KeyName{"num_lock", 0x45},    KeyName{"scroll_lock", 0x46},
    KeyName{"kp_7", 0x47},       KeyName{"kp_8", 0x48},        KeyName{"kp_9", 0x49},
    KeyName{"kp_subtract", 0x4a}, KeyName{"kp_4", 0x4b},       KeyName{"kp_5", 0x4c},
    KeyName{"kp_6", 0x4d},       KeyName{"kp_add", 0x4e},      KeyName{"kp_1", 0x4f},
    KeyName{"kp_2", 0x50},       KeyName{"kp_3", 0x51},        KeyName{"kp_0", 0x52},
    KeyName{"kp_decimal", 0x53}, KeyName{"less", 0x56},        KeyName{"f11", 0x57},
    KeyName{"f12", 0x58},        KeyName{"kp_enter", 0x1c, true}, KeyName{"ctrl_r", 0x1d, true},
    KeyName{"kp_divide", 0x35, true}, KeyName{"sysrq", 0x37, true}, KeyName{"alt_r", 0x38, true},
    KeyName{"home", 0x47, true}, KeyName{"up", 0x48, true},    KeyName{"pgup", 0x49, true},
    KeyName{"left", 0x4b, true}, KeyName{"right", 0x4d, true}, KeyName{"end", 0x4f, true},
    KeyName{"down", 0x50, true}, KeyName{"pgdn", 0x51, true},  KeyName{"insert", 0x52, true},
    KeyName{"delete", 0x53, true}, KeyName{"meta_l", 0x5b, true}, KeyName{"meta_r", 0x5c, true},
    KeyName{"menu", 0x5d, true},
};

KeyCode code_of(const KeyName& key, u8 flag) {
    KeyCode code;
    if (key.prefix)
        code.bytes[code.size++] = extended;
    code.bytes[code.size++] = key.code | flag;
    return code;
}

/// Presses keys in order and releases them the other way round.
bool send_combination(Context& context, std::string_view word) {
    StaticVector<const KeyName*, 6> keys;
    config::ListReader names{word, '-'};
    while (const auto name = names.next()) {
        const auto found = std::ranges::find(key_names, *name, &KeyName::name);
        config::NearestWord nearest{*name};
        for (const KeyName& each : key_names)
            nearest.offer(each.name);
        if (found == key_names.end()) {
            context.say("there is no key \"{}\"{}{}", *name,
                        nearest.best().empty() ? "" : "; did you mean ", nearest.best());
            return false;
        }
        if (!keys.push_back(&*found)) {
            context.say("at most {} keys at once", keys.capacity());
            return false;
        }
    }
    auto& queue = context.control->console().keys();
    if (queue.size() + 2 * keys.size() > VmConsole::key_capacity) {
        context.say("the VM does not read its keyboard: too many keys are waiting");
        return false;
    }
    for (const KeyName* const key : keys)
        static_cast<void>(queue.push(code_of(*key, 0)));
    for (std::size_t i = keys.size(); i != 0; --i)
        static_cast<void>(queue.push(code_of(*keys[i - 1], released)));
    return true;
}

/// Typed characters on their way to the VM's keyboard.
class TypedKeys final : public KeySink {
  public:
    explicit TypedKeys(VmConsole& console) : console_{console} {}
    void key(KeyCode code) override {
        if (!console_.keys().push(code))
            lost_ = true;
    }
    void command(u8) override {}
    [[nodiscard]] bool lost() const { return lost_; }

  private:
    VmConsole& console_;
    bool lost_ = false;
};

/// The character behind a backslash.
u8 escaped(char c) {
    switch (c) {
    case 'r':
    case 'n':
        return '\r';
    case 't':
        return '\t';
    case 'e':
        return 0x1b;
    case 'b':
        return '\b';
    default:
        return static_cast<u8>(c);
    }
}

} // namespace

static void sendkey_command(Context& context) {
    if (context.control == nullptr || context.words.empty())
        return context.say("sendkey wants keys, for example: sendkey ctrl-alt-delete");
    while (!context.words.empty())
        if (!send_combination(context, context.words.next()))
            return;
}

static void type_command(Context& context) {
    if (context.control == nullptr || context.words.empty())
        return context.say("type wants a text, for example: type \"dir\\r\"");
    const std::string_view rest = context.words.rest();
    const std::string_view text = rest.starts_with('"') ? context.words.next() : rest;
    TypedKeys keys{context.control->console()};
    KeyDecoder decoder{keys, 0};
    constexpr machine::Nanoseconds much_later = 1'000'000'000;
    machine::Nanoseconds time = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 1 < text.size();
        decoder.feed(escape ? escaped(text[++i]) : static_cast<u8>(text[i]), time);
        time += much_later;
        decoder.expire(time); // an ESC is the Esc key, not the start of a sequence
    }
    if (keys.lost())
        context.say("not all of it: too many keys are waiting");
}

namespace {

constexpr std::array table{
    Command{"sendkey", "KEYS", "presses keys together, one combination a word",
            "sendkey ctrl-alt-delete", Where::here, sendkey_command},
    Command{"type", "\"TEXT\"", "types text on the VM's keyboard; \\r is Enter, \\e Esc",
            "type \"dir\\r\"", Where::here, type_command},
};

} // namespace

constinit const CommandGroup input_commands{"Keyboard", table};

} // namespace vestige::monitor
