// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/config/boot_options.hpp"

#include "vestige/config/module_options.hpp"

namespace vestige::config {
namespace {

constexpr std::size_t longest_sentence = 320;

/// Reads words into options and counts what it could not understand.
class BootLineParser {
  public:
    BootLineParser(BootOptions& options, ProblemSink& problems)
        : options_{options}, problems_{problems} {}

    void word(std::string_view text);
    [[nodiscard]] unsigned count() const { return count_; }

  private:
    void option_word(const Option& option, std::string_view text, const Assignment& assignment);
    void vm_word(std::string_view text, const Assignment& assignment);
    void unknown(std::string_view text, std::string_view name);
    void bad_value(std::string_view text, const Option& option, std::string_view value);
    void warn_missing(const Option& option, std::string_view value);

    template <class... Arguments>
    void complain(std::string_view format, const Arguments&... arguments) {
        char storage[longest_sentence];
        problems_.problem(format_in(storage, format, arguments...));
        ++count_;
    }

    BootOptions& options_;
    ProblemSink& problems_;
    unsigned count_ = 0;
};

const Option* find_option(std::string_view name) {
    for (const Option& option : option_table())
        if (option.name == name)
            return &option;
    return nullptr;
}

/// The words of a type such as "ansi|lines|off", offered as corrections.
void offer_words(NearestWord& nearest, std::string_view type) {
    std::size_t start = 0;
    for (std::size_t i = 0; i <= type.size(); ++i) {
        const bool letter = i < type.size() && ((type[i] >= 'a' && type[i] <= 'z') ||
                                                (type[i] >= '0' && type[i] <= '9'));
        if (letter)
            continue;
        if (i - start > 1)
            nearest.offer(part(type, start, i - start));
        start = i + 1;
    }
}

void BootLineParser::word(std::string_view text) {
    const Assignment assignment = split_assignment(text);
    if (assignment.name.starts_with("vm."))
        return vm_word(text, assignment);
    if (const Option* const option = find_option(assignment.name))
        return option_word(*option, text, assignment);
    if (assignment.name.starts_with("no-") && !assignment.value) {
        const Option* const option = find_option(part(assignment.name, 3));
        if (option != nullptr && option->flag)
            return option_word(*option, text, {option->name, "off"});
    }
    unknown(text, assignment.name);
}

void BootLineParser::option_word(const Option& option, std::string_view text,
                                 const Assignment& assignment) {
    if (!assignment.value && !option.flag)
        return complain("boot word \"{}\": a value is missing, expected {}={}", text, option.name,
                        option.type);
    const std::string_view value = assignment.value.value_or("on");
    if (!option.parse(options_, value))
        return bad_value(text, option, value);
    warn_missing(option, value);
}

void BootLineParser::vm_word(std::string_view text, const Assignment& assignment) {
    const std::string_view path = part(assignment.name, 3);
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos || !assignment.value || !is_vm_name(part(path, 0, dot)))
        return complain("boot word \"{}\": expected vm.NAME.KEY=VALUE", text);
    const VmSetting setting{part(path, 0, dot), part(path, dot + 1), *assignment.value};
    ModuleOptions scratch;
    if (!set_module_key(text, setting.key, setting.value, scratch, true, problems_))
        ++count_;
    else if (!options_.vm_settings.push_back(setting))
        complain("boot word \"{}\": more than {} vm. words", text, options_.vm_settings.capacity());
}

void BootLineParser::unknown(std::string_view text, std::string_view name) {
    NearestWord nearest{name};
    for (const Option& option : option_table())
        nearest.offer(option.name);
    if (nearest.best().empty())
        complain("boot word \"{}\": unknown option (\"help\" lists them all)", text);
    else
        complain("boot word \"{}\": unknown option, the nearest is \"{}\"", text, nearest.best());
}

void BootLineParser::bad_value(std::string_view text, const Option& option,
                               std::string_view value) {
    NearestWord nearest{value};
    offer_words(nearest, option.type);
    if (nearest.best().empty())
        complain("boot word \"{}\": bad value, expected {}={}", text, option.name, option.type);
    else
        complain("boot word \"{}\": bad value, expected {}={}, the nearest is \"{}\"", text,
                 option.name, option.type, nearest.best());
}

void BootLineParser::warn_missing(const Option& option, std::string_view value) {
    ListReader items{value};
    while (const std::optional<std::string_view> item = items.next()) {
        ListReader missing{option.missing};
        while (const std::optional<std::string_view> word = missing.next())
            if (!word->empty() && *word == *item)
                complain("boot word \"{}={}\": {} is not in this build", option.name, value, *item);
    }
}

/// True for what a loader passes in front of the boot line: a path or a file name of ours.
bool is_file_name(std::string_view word) {
    return word.find('=') == std::string_view::npos &&
           (word.find('/') != std::string_view::npos || word.ends_with(".elf") ||
            word.starts_with("vestige"));
}

} // namespace

unsigned parse_boot_line(std::string_view line, BootOptions& options, ProblemSink& problems) {
    BootLineParser parser{options, problems};
    WordReader words{line};
    bool first = true;
    while (const std::optional<std::string_view> word = words.next()) {
        if (!first || !is_file_name(*word))
            parser.word(*word);
        first = false;
    }
    return parser.count();
}

unsigned parse_config_file(std::string_view text, BootOptions& options, ProblemSink& problems) {
    BootLineParser parser{options, problems};
    WordReader words{text, true};
    while (const std::optional<std::string_view> word = words.next())
        parser.word(*word);
    return parser.count();
}

} // namespace vestige::config
