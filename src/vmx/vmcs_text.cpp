// SPDX-License-Identifier: BSD-2-Clause
#include "vestige/vmx/vmcs_text.hpp"

#include "vestige/vmx/control_words.hpp"
#include "vestige/vmx/exit_reason.hpp"
#include "vestige/vmx/field_names.hpp"
#include "vestige/vmx/fields.hpp"

#include <optional>

namespace vestige::vmx {
namespace {

std::optional<ControlWord> control_word_of(u32 encoding) {
    switch (encoding) {
    case field::pin_based_controls.encoding:
        return ControlWord::pin;
    case field::primary_processor_controls.encoding:
        return ControlWord::primary;
    case field::secondary_processor_controls.encoding:
        return ControlWord::secondary;
    case field::primary_exit_controls.encoding:
        return ControlWord::exit;
    case field::entry_controls.encoding:
        return ControlWord::entry;
    default:
        return std::nullopt;
    }
}

} // namespace

void print_vmcs(TextSink& out, const VmcsImage& image) {
    unsigned zero = 0;
    for (const FieldName& each : field_names) {
        const u64 value = image.read_any(each.encoding);
        if (value == 0) {
            ++zero;
            continue;
        }
        print(out, "{04x}  {-50} {x}", each.encoding, each.name, value);
        if (const auto word = control_word_of(each.encoding)) {
            out.write(": ");
            print_controls(out, *word, static_cast<u32>(value));
        }
        if (each.encoding == field::exit_reason.encoding)
            print(out, ": {}", exit_info(ExitReason::Basic::get(value)).name);
        out.write("\n");
    }
    print(out, "{} more fields are 0 or not there\n", zero);
}

} // namespace vestige::vmx
